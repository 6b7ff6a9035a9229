package org.kobako.dhcp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.kobako.dhcp", importOptions = DoNotIncludeTests.class)
class DhcpArchTest {
  @ArchTest
  static final ArchRule decisionsTouchNoSocketNoFileNoThreadAndNoLog =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.kobako.dhcp.service",
              "org.kobako.dhcp.identity",
              "org.kobako.dhcp.packet",
              "org.kobako.dhcp.address")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.channels..", "java.nio.file..", "org.apache.mina..", "org.slf4j..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\..*|java\\.lang\\.Thread");

  @ArchTest
  static final ArchRule stagesDependOneWay =
      slices().matching("org.kobako.dhcp.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule minasObjectCodecIsNeverUsed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.mina.filter.codec.serialization..", "java.io.Object*");

  @ArchTest
  static final ArchRule theEntryIsAllThatTheFirstPackageShows =
      classes()
          .that()
          .resideInAPackage("org.kobako.dhcp")
          .and()
          .areTopLevelClasses()
          .and()
          .arePublic()
          .should()
          .haveSimpleName("DhcpServer")
          .allowEmptyShould(true);
}
