package org.kobako.boot.plan;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.kobako.boot.plan", importOptions = DoNotIncludeTests.class)
class BootPlanArchTest {
  @ArchTest
  static final ArchRule nothingHereTouchesAFileASocketAThreadOrAClock =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.util.concurrent..", "java.time..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.File.*|java\\.net\\..*Socket.*|java\\.lang\\.Thread");
}
