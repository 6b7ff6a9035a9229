package org.kobako.appliance.bench.storm.model;

/**
 * What machines, boxes and links are like. Rates in bytes of HTTP's bodies and heads a second.
 *
 * @param boxLink what a box sends at most
 * @param machineLink what a machine receives at most
 * @param machineSpeed how many times faster machines think than the one of the trace
 * @param answerSeconds what an answer takes beside the time that its bytes do: the ways there and
 *     back, and the work at both ends
 * @param boxCpuSecondsPerByte CPU time of a box, which has one core
 * @param diskRate of a box's disk; infinite where all that is asked for lies in its memory
 * @param upstreamRate what all boxes together receive from behind; infinite where each has the
 *     image
 */
public record Parameters(
    double boxLink,
    double machineLink,
    double machineSpeed,
    double answerSeconds,
    double boxCpuSecondsPerByte,
    double diskRate,
    double upstreamRate) {

  /** Of a frame of 1514 bytes 1448 are TCP's payload. */
  private static final double PAYLOAD = 1448.0 / 1514;

  private static final double BITS = 8;

  /** Of Ethernet with so many bits a second. */
  public static double payloadRate(double bitsPerSecond) {
    return bitsPerSecond / BITS * PAYLOAD;
  }

  public Parameters withLinks(double box, double machine) {
    return new Parameters(
        box, machine, machineSpeed, answerSeconds, boxCpuSecondsPerByte, diskRate, upstreamRate);
  }

  public Parameters withAnswerSeconds(double seconds) {
    return new Parameters(
        boxLink, machineLink, machineSpeed, seconds, boxCpuSecondsPerByte, diskRate, upstreamRate);
  }

  public Parameters withUpstream(double rate) {
    return new Parameters(
        boxLink, machineLink, machineSpeed, answerSeconds, boxCpuSecondsPerByte, diskRate, rate);
  }
}
