package org.kobako.block.format;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows inside the module: {@code format -> codec -> foreign}, {@code digest -> foreign}. */
@AnalyzeClasses(packages = "org.kobako.block.format", importOptions = DoNotIncludeTests.class)
class BlockFormatArchTest {
  private static final String FORMAT = "org.kobako.block.format";
  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("org.kobako..");

  @ArchTest
  static final ArchRule foreignCodeKnowsBuffersAndNoBlocks =
      noClasses()
          .that()
          .resideInAPackage(FORMAT + ".foreign..")
          .should()
          .dependOnClassesThat(
              OURS.and(not(resideInAPackage(FORMAT + ".foreign..")))
                  .and(not(format("OffHeapBuffer"))));

  @ArchTest
  static final ArchRule aCodecKnowsBuffersAndNoIndex =
      noClasses()
          .that()
          .resideInAPackage(FORMAT + ".codec..")
          .should()
          .dependOnClassesThat(
              OURS.and(not(resideInAnyPackage(FORMAT + ".codec..", FORMAT + ".foreign..")))
                  .and(not(format("Codec|OffHeapBuffer|CorruptBlockException|BlockException"))));

  @ArchTest
  static final ArchRule aPureJavaCodecKnowsArraysAlone =
      noClasses()
          .that()
          .resideInAPackage(FORMAT + ".codec.heap..")
          .should()
          .dependOnClassesThat(
              OURS.and(not(resideInAPackage(FORMAT + ".codec.heap..")))
                  .and(not(format("CorruptBlockException|BlockException"))));

  @ArchTest
  static final ArchRule aDigesterKnowsBuffersAndNoIndex =
      noClasses()
          .that()
          .resideInAPackage(FORMAT + ".digest..")
          .should()
          .dependOnClassesThat(
              OURS.and(not(resideInAnyPackage(FORMAT + ".digest..", FORMAT + ".foreign..")))
                  .and(not(format("BlockDigest|OffHeapBuffer"))));

  @ArchTest
  static final ArchRule onlyForeignCodeMeetsTheLinker =
      noClasses()
          .that()
          .resideOutsideOfPackage(FORMAT + ".foreign..")
          .should()
          .dependOnClassesThat(
              nameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup|Arena).*"));

  @ArchTest
  static final ArchRule nothingHereTalksToANetworkOrUsesUnsafe =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "sun..", "jdk.internal..");

  private static DescribedPredicate<JavaClass> format(String simpleNames) {
    return DescribedPredicate.describe(
        simpleNames,
        type -> type.getPackageName().equals(FORMAT) && type.getSimpleName().matches(simpleNames));
  }
}
