package org.kobako.appliance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Every class of Kobako is on the class path here, so this sees all arrows at once. */
@AnalyzeClasses(packages = "org.kobako", importOptions = DoNotIncludeTests.class)
class ArrowsTest {
  private static final List<String> SERVICES =
      List.of(
          "org.kobako.block.client..",
          "org.kobako.block.server..",
          "org.kobako.caching.proxy..",
          "org.kobako.dhcp..",
          "org.kobako.dns..",
          "org.kobako.heartbeat..",
          "org.kobako.packer..",
          "org.kobako.tftp..");

  @ArchTest
  static final ArchRule nobodySeesTheAppliance =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kobako.appliance..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.kobako.appliance..");

  @ArchTest
  static void servicesDoNotSeeOneAnother(JavaClasses classes) {
    for (String service : SERVICES) {
      String[] others = SERVICES.stream().filter(it -> !it.equals(service)).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(service)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule whatAMachineBootsIsDecidedWithoutAnyService =
      noClasses()
          .that()
          .resideInAPackage("org.kobako.boot.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVICES.toArray(new String[0]));

  @ArchTest
  static final ArchRule minaIsKnownToDhcpAndTftpAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.kobako.dhcp..", "org.kobako.tftp..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.mina..");

  @ArchTest
  static final ArchRule dnsjavaIsKnownToDnsAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kobako.dns..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.xbill..");

  @ArchTest
  static final ArchRule boxDoesNotSeeItsCommandLine =
      noClasses()
          .that()
          .resideInAPackage("org.kobako.appliance.box..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.kobako.appliance.command..", "org.kobako.block.client.cli..");

  @ArchTest
  static final ArchRule jettyIsKnownToTheServersAndTheBoxAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.kobako.block.server..",
              "org.kobako.caching.proxy..",
              "org.kobako.appliance.box..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");
}
