package org.kobako.block.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.kobako.block.server", importOptions = DoNotIncludeTests.class)
class BlockServerArchTest {
  @ArchTest
  static final ArchRule theEntryAndItsConfigAreAllThatIsPublic =
      classes()
          .that()
          .areTopLevelClasses()
          .and()
          .arePublic()
          .should()
          .haveSimpleName("BlockServer")
          .orShould()
          .haveSimpleName("BlockServerConfig")
          .orShould()
          .haveSimpleName("MachineReads");

  @ArchTest
  static final ArchRule decisionsTouchNoFileAndNoSocket =
      noClasses()
          .that()
          .haveNameMatching(
              ".*\\.(RequestTarget|SimpleRequest|ResponsePlan|ByteRange|FileFacts)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io", "java.nio..", "org.eclipse.jetty.server..", "org.eclipse.jetty.io..");

  @ArchTest
  static final ArchRule nothingIsCachedByJettyResources =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.eclipse.jetty.util.resource..")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("ResourceHandler");
}
