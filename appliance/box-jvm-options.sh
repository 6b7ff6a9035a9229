# shellcheck shell=sh
#
# The VM's options for a box, here and nowhere else. To be sourced, by bash or a busybox shell:
#
#   . box-jvm-options.sh
#   exec java $box_jvm_options -cp ... org.kobako.appliance.Kobako serve ...
#
# The heap fits the machine's memory, or KOBAKO_MEMORY_MB of it; threads, connections and buffers
# follow the heap (BoxSize). With 64 MB, of which a kernel leaves 44:
#
#   UseSerialGC              hot paths allocate little, so the smallest collector is the best
#   Xmn                      of new objects: all of it is touched before it is collected, and stays
#                            so; less of it than usual, 19 % and not 33, is 0.6 MB of 64
#   -UsePerfData             no file in /tmp that the VM writes all the time
#   Xss, VMThreadStackSize   threads are shallow; a stack costs what was touched of it
#   ReservedCodeCacheSize    compiled code
#   MaxMetaspaceSize         classes, beside those in an archive
#   MaxDirectMemorySize      a ceiling above all buffers outside the heap
#   ArchiveRelocationMode=0  an archive at its own address stays shared with the page cache
#   TrimNativeHeapInterval   what compiling took goes back to the system (milliseconds)
#   locale.providers=SPI     the JDK's own few words instead of all languages' tables: 1.5 MB of heap
#   TieredStopAtLevel=1      one compiler, the small one
#   IgnoreUnrecognized...    a VM without a compiler does not know all of these
#   MALLOC_ARENA_MAX=1       one malloc arena instead of one for each thread

box_memory_mb=${KOBAKO_MEMORY_MB:-$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo) / 1024))}

box_jvm_options="-XX:+UseSerialGC
-XX:-UsePerfData
-Xss256k
-XX:VMThreadStackSize=256
-XX:+IgnoreUnrecognizedVMOptions
-XX:+UnlockDiagnosticVMOptions
-XX:ArchiveRelocationMode=0
-XX:TrimNativeHeapInterval=5000
-Xshare:auto
-Djava.locale.providers=SPI
--enable-native-access=ALL-UNNAMED"

if [ "$box_memory_mb" -lt 96 ]; then
  box_heap_mb=8
elif [ "$box_memory_mb" -lt 200 ]; then
  box_heap_mb=12
elif [ "$box_memory_mb" -lt 400 ]; then
  box_heap_mb=24
else
  box_heap_mb=64
fi
box_jvm_options="$box_jvm_options
-Xmx${box_heap_mb}m
-Xmn$((box_heap_mb * 192))k
-XX:MaxDirectMemorySize=${box_heap_mb}m"

if [ "$box_memory_mb" -lt 400 ]; then
  box_jvm_options="$box_jvm_options
-XX:TieredStopAtLevel=1
-XX:ReservedCodeCacheSize=8m
-XX:MaxMetaspaceSize=32m"
fi

export MALLOC_ARENA_MAX=1
