package org.kobako.dhcp.packet;

/** Numbers of the options that we read or write: RFC 2132 where no other document is named. */
public final class OptionCode {
  public static final int PAD = 0;
  public static final int SUBNET_MASK = 1;
  public static final int ROUTERS = 3;
  public static final int DNS_SERVERS = 6;
  public static final int HOST_NAME = 12;
  public static final int DOMAIN_NAME = 15;
  public static final int BROADCAST_ADDRESS = 28;
  public static final int NTP_SERVERS = 42;

  /** For PXE: RFC 4578's companion, the PXE specification 2.1. */
  public static final int VENDOR_OPTIONS = 43;

  public static final int REQUESTED_ADDRESS = 50;
  public static final int LEASE_TIME = 51;
  public static final int OVERLOAD = 52;
  public static final int MESSAGE_TYPE = 53;
  public static final int SERVER_ID = 54;
  public static final int PARAMETER_LIST = 55;
  public static final int MESSAGE = 56;
  public static final int MAX_MESSAGE_LENGTH = 57;
  public static final int RENEWAL_TIME = 58;
  public static final int REBINDING_TIME = 59;
  public static final int VENDOR_CLASS = 60;
  public static final int CLIENT_ID = 61;
  public static final int TFTP_SERVER_NAME = 66;
  public static final int BOOT_FILE_NAME = 67;

  /** RFC 3004; iPXE writes its bare name. */
  public static final int USER_CLASS = 77;

  /** RFC 3046. */
  public static final int RELAY_AGENT = 82;

  /** RFC 4578 section 2.1. */
  public static final int ARCHITECTURE = 93;

  /** RFC 4578 section 2.3. */
  public static final int MACHINE_ID = 97;

  /** iPXE's own, with options of its own inside. */
  public static final int IPXE = 175;

  public static final int END = 255;

  private OptionCode() {}
}
