package org.kobako.boot.plan;

/** Which program of a machine asks, and so in which words it must be answered. */
public enum MachineFirmware {
  /** A network card's PXE ROM under a PC BIOS. */
  PXE_BIOS,
  /** UEFI that boots by PXE: loads an EFI program over TFTP. */
  PXE_UEFI,
  /** UEFI HTTP Boot: loads an EFI program from a URL. */
  HTTP_UEFI,
  /** iPXE, from ROM or loaded by one of the above: runs a script from a URL. */
  IPXE,
  /** U-Boot: loads a script or pxelinux.cfg over TFTP. */
  UBOOT,
  /** No firmware: an operating system that wants an address and nothing more. */
  NONE
}
