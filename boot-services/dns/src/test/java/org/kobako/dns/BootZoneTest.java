package org.kobako.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.dns.balance.Disk;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class BootZoneTest {
  private static final InetAddress MACHINE = InetAddress.ofLiteral("10.75.0.100");

  private static final Map<String, List<InetAddress>> BOXES =
      Map.of(
          "a", List.of(InetAddress.ofLiteral("10.75.0.1"), InetAddress.ofLiteral("fd00::1")),
          "b", List.of(InetAddress.ofLiteral("10.75.0.2")));

  private static final BootZone ZONE =
      new BootZone(
          Name.fromConstantString("boot.kobako."),
          "a",
          new Boxes() {
            @Override
            public List<InetAddress> of(Disk disk) {
              assertThat(disk.machine()).isEqualTo(MACHINE);
              List<InetAddress> a = of("a");
              List<InetAddress> b = of("b");
              return disk.number() == 1
                  ? List.of(b.get(0), a.get(0), a.get(1))
                  : List.of(a.get(0), a.get(1), b.get(0));
            }

            @Override
            public List<InetAddress> of(String box) {
              return BOXES.getOrDefault(box, List.of());
            }

            @Override
            public List<String> names() {
              return List.of("a", "b");
            }
          });

  private static Message ask(String name, String type) {
    Record question = Record.newRecord(Name.fromConstantString(name), Type.value(type), DClass.IN);
    Message query = Message.newQuery(question);
    Message reply = ZONE.answer(query, MACHINE);
    assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.RA)).isFalse();
    assertThat(reply.getQuestion()).isEqualTo(question);
    return reply;
  }

  private static List<String> data(Message reply, int section) {
    return reply.getSection(section).stream().map(Record::rdataToString).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "disk1.boot.kobako., A, 10.75.0.2 10.75.0.1",
    "disk2.boot.kobako., A, 10.75.0.1 10.75.0.2",
    "disk16.boot.kobako., AAAA, fd00:0:0:0:0:0:0:1",
    "box-b.boot.kobako., A, 10.75.0.2",
    "boot.kobako., NS, box-a.boot.kobako. box-b.boot.kobako.",
  })
  void aNameLeadsWhereItShould(String name, String type, String expected) {
    Message reply = ask(name, type);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(String.join(" ", data(reply, Section.ANSWER))).isEqualTo(expected);
    assertThat(reply.getSection(Section.ANSWER))
        .allSatisfy(record -> assertThat(record.getTTL()).isEqualTo(BootZone.TTL_SECONDS));
  }

  @ParameterizedTest
  @CsvSource({
    "disk1.boot.kobako., TXT, NOERROR",
    "box-b.boot.kobako., AAAA, NOERROR",
    "boot.kobako., A, NOERROR",
    "disk0.boot.kobako., A, NXDOMAIN",
    "disk17.boot.kobako., A, NXDOMAIN",
    "disk01.boot.kobako., A, NXDOMAIN",
    "box-c.boot.kobako., A, NXDOMAIN",
    "x.disk1.boot.kobako., A, NXDOMAIN",
    "www.boot.kobako., A, NXDOMAIN",
  })
  void whatIsNotThereIsSaidWithHowLongThatIsGood(String name, String type, String rcode) {
    Message reply = ask(name, type);
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(data(reply, Section.AUTHORITY))
        .containsExactly(
            "box-a.boot.kobako. nobody.boot.kobako. 1 3600 600 86400 " + BootZone.TTL_SECONDS);
  }

  @Test
  void aNameIsAnsweredInTheLettersItWasAskedIn() {
    assertThat(ask("DiSk1.bOOt.KoBaKo.", "A").getSection(Section.ANSWER))
        .allSatisfy(record -> assertThat(record.getName()).hasToString("DiSk1.bOOt.KoBaKo."));
  }

  @Test
  void ofEverythingThereIsALittle() {
    assertThat(data(ask("disk1.boot.kobako.", "ANY"), Section.ANSWER))
        .containsExactly("\"RFC8482\" \"\"");
  }
}
