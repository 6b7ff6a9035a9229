# What U-Boot runs from the card: chooses a slot by boot/slots, and starts its kernel. A slot that is
# being tried is counted down first, so that one that never comes up is given up.
#
# Set by U-Boot: devtype, devnum, distro_bootpart (the card), the addresses *_addr_r, fdtfile.

setenv good a
setenv next
setenv tries 0
if load ${devtype} ${devnum}:${distro_bootpart} ${scriptaddr} boot/slots; then
  env import -t ${scriptaddr} ${filesize} good next tries
fi
setenv slot ${good}
if test -n "${next}" && test "${tries}" -gt 0; then
  setenv slot ${next}
  setexpr tries ${tries} - 1
  # Behind the first line, 0x19 bytes, which GRUB and people know the file by.
  setexpr lines ${scriptaddr} + 19
  env export -t -s 3e7 ${lines} good next tries
  fatwrite ${devtype} ${devnum}:${distro_bootpart} ${scriptaddr} boot/slots 400
fi

# Of 64 MB on QEMU's board, Debian's 32-bit kernel takes those up to 0x41d98000 while it unpacks
# itself. U-Boot's own place for an initramfs is beyond the end; the 16 MB behind 0x41df0000 it keeps
# for its stack, which takes some of the last KB: it loads no file there, but copies what it is told to.
setenv initrd_place
if test "${board}" = qemu-arm && test "${cpu}" = armv7; then
  setenv ramdisk_addr_r ${kernel_addr_r}
  setenv initrd_place 0x41e00000
fi

# Where booti unpacks a compressed kernel of at most 64 MB.
if test -z "${kernel_comp_addr_r}"; then
  setexpr kernel_comp_addr_r ${ramdisk_addr_r} + 2000000
  setenv kernel_comp_size 4000000
fi

# A slot whose files cannot be read gives way to the other at once. (A variable of the environment
# would hide the loop's.)
for this in ${slot} ${good}; do
  setenv part 5
  if test "${this}" = b; then
    setenv part 7
  fi
  echo "Kobako: slot ${this}"
  setenv words
  load ${devtype} ${devnum}:${part} ${scriptaddr} words
  env import -t ${scriptaddr} ${filesize} words
  setenv bootargs "${words} kobako.slot=${this}"
  setenv device_tree ${fdtcontroladdr}
  if test -n "${fdtfile}"; then
    if load ${devtype} ${devnum}:${part} ${fdt_addr_r} dtb/${fdtfile}; then
      setenv device_tree ${fdt_addr_r}
    fi
  fi
  if load ${devtype} ${devnum}:${part} ${ramdisk_addr_r} initrd; then
    setenv initrd ${ramdisk_addr_r}:${filesize}
    if test -n "${initrd_place}"; then
      cp.b ${ramdisk_addr_r} ${initrd_place} ${filesize}
      setenv initrd ${initrd_place}:${filesize}
    fi
    if load ${devtype} ${devnum}:${part} ${kernel_addr_r} vmlinuz; then
      KERNEL_COMMAND ${kernel_addr_r} ${initrd} ${device_tree}
    fi
  fi
done
echo "Kobako: no slot can be started; starting again in 10 s"
sleep 10
reset
