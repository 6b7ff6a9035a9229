package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void membersAndElementsAreSeparated() {
    Json json =
        new Json()
            .beginObject()
            .name("images")
            .beginArray()
            .beginObject()
            .name("bytes")
            .value(7)
            .name("ratio")
            .value(2.5)
            .name("current")
            .value(true)
            .endObject()
            .value("x")
            .endArray()
            .name("empty")
            .beginArray()
            .endArray()
            .endObject();

    assertThat(json)
        .hasToString(
            "{\"images\": [{\"bytes\": 7, \"ratio\": 2.5, \"current\": true}, \"x\"],"
                + " \"empty\": []}");
  }

  @Test
  void textIsEscaped() {
    assertThat(new Json().value("a\"b\\c\n\u0001é")).hasToString("\"a\\\"b\\\\c\\n\\u0001é\"");
  }

  @Test
  void numberThatJsonCannotWriteIsNull() {
    assertThat(new Json().value(Double.NaN)).hasToString("null");
  }
}
