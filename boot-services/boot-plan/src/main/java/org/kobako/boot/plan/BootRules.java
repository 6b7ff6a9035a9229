package org.kobako.boot.plan;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the operator wants booted: a machine's own choice goes before that of its architecture, and
 * that before the one for all.
 *
 * @param all for every machine
 * @param ofArchitecture by what a machine's firmware says of it
 * @param ofMachine by MAC address
 * @param architectureOf of machines whose firmware does not know, or is wrong
 * @param otherBoxes URLs of further boxes that hold the images, which machines read from as well
 */
public record BootRules(
    BootChoice all,
    Map<Architecture, BootChoice> ofArchitecture,
    Map<MacAddress, BootChoice> ofMachine,
    Map<MacAddress, Architecture> architectureOf,
    List<String> otherBoxes) {
  /** No rules: the defaults decide. */
  public static final BootRules NONE =
      new BootRules(BootChoice.NONE, Map.of(), Map.of(), Map.of(), List.of());

  public BootRules {
    ofArchitecture = Map.copyOf(ofArchitecture);
    ofMachine = Map.copyOf(ofMachine);
    architectureOf = Map.copyOf(architectureOf);
    otherBoxes = List.copyOf(otherBoxes);
  }

  /** All choices that there are, whomever they are for. */
  public List<BootChoice> choices() {
    return Stream.of(Stream.of(all), ofArchitecture.values().stream(), ofMachine.values().stream())
        .flatMap(some -> some)
        .toList();
  }

  Architecture architecture(Machine machine) {
    return architectureOf.getOrDefault(machine.mac(), machine.architecture());
  }

  BootChoice choice(Machine machine) {
    return ofMachine
        .getOrDefault(machine.mac(), BootChoice.NONE)
        .orElse(ofArchitecture.getOrDefault(architecture(machine), BootChoice.NONE))
        .orElse(all);
  }
}
