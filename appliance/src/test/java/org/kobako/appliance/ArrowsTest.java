package org.kobako.appliance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Every class of Kobako is on the class path here, so this sees all arrows at once. */
@AnalyzeClasses(packages = "org.kobako", importOptions = DoNotIncludeTests.class)
class ArrowsTest {
  @ArchTest
  static final ArchRule nobodySeesTheAppliance =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kobako.appliance..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.kobako.appliance..");

  @ArchTest
  static final ArchRule servicesDoNotSeeOneAnother =
      noClasses()
          .that()
          .resideInAPackage("org.kobako.block.server..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.kobako.block.client..", "org.kobako.packer..");

  @ArchTest
  static final ArchRule boxDoesNotSeeItsCommandLine =
      noClasses()
          .that()
          .resideInAPackage("org.kobako.appliance.box..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.kobako.appliance.command..", "org.kobako.block.client.cli..");

  @ArchTest
  static final ArchRule jettyIsKnownToTheServerAndTheBoxAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.kobako.block.server..", "org.kobako.appliance.box..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");
}
