package org.kobako.tftp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.kobako.tftp", importOptions = DoNotIncludeTests.class)
class TftpArchTest {
  @ArchTest
  static final ArchRule theEntryAndItsConfigAreAllThatIsPublic =
      classes()
          .that()
          .areTopLevelClasses()
          .and()
          .arePublic()
          .should()
          .haveSimpleName("TftpServer")
          .orShould()
          .haveSimpleName("TftpConfig");

  @ArchTest
  static final ArchRule theProtocolKnowsNoSocketAndNoFile =
      noClasses()
          .that()
          .haveNameMatching(".*\\.(Packet|Request|Options|Terms|Transfer|ErrorCode)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io", "java.nio.channels..", "org.apache.mina..", "org.slf4j..");

  @ArchTest
  static final ArchRule datagramsAreNeverJavaObjects =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.mina.filter..");
}
