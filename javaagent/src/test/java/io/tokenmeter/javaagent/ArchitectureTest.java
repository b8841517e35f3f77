package io.tokenmeter.javaagent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the rooms. */
@AnalyzeClasses(packages = "io.tokenmeter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule modulesUseOnlyWhatStandsAboveThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("sdk-api")
          .definedBy("io.tokenmeter.api..")
          .layer("tokenizers")
          .definedBy("io.tokenmeter.tokenizers..")
          .layer("providers")
          .definedBy("io.tokenmeter.providers..")
          .layer("engine")
          .definedBy("io.tokenmeter.engine..")
          .layer("otel-exporter")
          .definedBy("io.tokenmeter.otel..")
          .layer("javaagent")
          .definedBy("io.tokenmeter.javaagent..")
          .whereLayer("sdk-api")
          .mayNotAccessAnyLayer()
          .whereLayer("tokenizers")
          .mayNotAccessAnyLayer()
          .whereLayer("providers")
          .mayOnlyAccessLayers("sdk-api", "tokenizers")
          .whereLayer("engine")
          .mayOnlyAccessLayers("sdk-api", "tokenizers", "providers")
          .whereLayer("otel-exporter")
          .mayOnlyAccessLayers("sdk-api", "engine", "providers")
          .whereLayer("javaagent")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule theApiAndTheTokenizersNeedNothing =
      noClasses()
          .that()
          .resideInAPackage("io.tokenmeter.tokenizers..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "java..", "io.tokenmeter.tokenizers..", "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule enginePackagesHaveNoCycles =
      slices().matching("io.tokenmeter.providers.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyAssemblyReadsAStaticClock =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.tokenmeter.javaagent..")
          .and()
          .doNotHaveFullyQualifiedName("io.tokenmeter.engine.EngineLauncher")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now");
}
