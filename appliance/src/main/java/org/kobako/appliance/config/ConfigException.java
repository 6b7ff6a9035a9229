package org.kobako.appliance.config;

/**
 * A configuration that is refused, in a sentence that names the key, the value and what is allowed.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final String sentence;

  ConfigException(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  ConfigException(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  @Override
  public String getMessage() {
    return sentence;
  }
}
