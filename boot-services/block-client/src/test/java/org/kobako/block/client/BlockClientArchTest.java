package org.kobako.block.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The stages of the read path meet in ReadPath and nowhere else. */
@AnalyzeClasses(packages = "org.kobako.block.client", importOptions = DoNotIncludeTests.class)
class BlockClientArchTest {
  @ArchTest
  static final ArchRule mountsKnowDisksOnly =
      noClasses()
          .that()
          .resideInAPackage("..mount..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..cache..", "..fetch..", "..attach..", "..cli..", "..bench..");

  @ArchTest
  static final ArchRule theCacheKnowsNoNetworkAndNoMount =
      noClasses()
          .that()
          .resideInAPackage("..cache..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..fetch..", "..mount..", "..attach..", "..cli..", "..bench..");

  @ArchTest
  static final ArchRule fetchingKnowsNoCacheAndNoMount =
      noClasses()
          .that()
          .resideInAPackage("..fetch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..cache..", "..mount..", "..attach..", "..cli..", "..bench..");

  @ArchTest
  static final ArchRule resolvingNamesKnowsNothingElse =
      noClasses()
          .that()
          .resideInAPackage("..resolve..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..fetch..", "..cache..", "..mount..", "..attach..", "..cli..", "..bench..");

  @ArchTest
  static final ArchRule nothingOfTheReadPathKnowsItsBenchmarksOrCommands =
      noClasses()
          .that()
          .resideInAPackage("org.kobako.block.client")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..mount..", "..attach..", "..cli..", "..bench..");
}
