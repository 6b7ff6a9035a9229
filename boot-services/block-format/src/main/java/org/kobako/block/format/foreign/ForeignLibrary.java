package org.kobako.block.format.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A library of the platform and its functions as method handles over primitives.
 *
 * <p>Addresses and {@code size_t} are Java {@code long}s on every platform: where a pointer has 32
 * bits they are narrowed on the way in and sign-extended on the way out, which keeps an address
 * good for the next call and {@code ssize_t}'s -1 what it is. No call allocates.
 */
public final class ForeignLibrary {
  static final int POINTER_BYTES = (int) ValueLayout.ADDRESS.byteSize();

  /** What C calls an argument or a result. */
  public enum CType {
    /** Nothing; only as a result. */
    VOID(void.class, null),
    /** 32 bits. */
    INT(int.class, ValueLayout.JAVA_INT),
    /** {@code size_t}, {@code ssize_t} and {@code long}: as wide as a pointer. */
    SIZE(long.class, pointerWide()),
    /** An address. */
    POINTER(long.class, pointerWide()),
    /** 64 bits everywhere, as {@code off64_t} and {@code unsigned long long}. */
    INT64(long.class, ValueLayout.JAVA_LONG);

    private final Class<?> carrier;
    private final @Nullable MemoryLayout layout;

    CType(Class<?> carrier, @Nullable MemoryLayout layout) {
      this.carrier = carrier;
      this.layout = layout;
    }

    private static MemoryLayout pointerWide() {
      return POINTER_BYTES == Long.BYTES ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
    }
  }

  private final Linker linker;
  private final SymbolLookup symbols;

  private ForeignLibrary(Linker linker, SymbolLookup symbols) {
    this.linker = linker;
    this.symbols = symbols;
  }

  /**
   * Opens the first library that is there, for the life of the process.
   *
   * @param names as the dynamic loader takes them, with version: {@code libzstd.so.1}
   */
  public static Optional<ForeignLibrary> open(String... names) {
    Linker linker = linker();
    if (linker == null) {
      return Optional.empty();
    }
    for (String name : names) {
      try {
        return Optional.of(
            new ForeignLibrary(linker, SymbolLookup.libraryLookup(name, Arena.global())));
      } catch (IllegalArgumentException absent) {
        // The next name may be there.
      }
    }
    return Optional.empty();
  }

  /**
   * Opens a library for a class that is only about it.
   *
   * @throws UnsatisfiedLinkError if it is not there, so that the class does not initialise
   */
  public static ForeignLibrary require(String name) {
    return open(name).orElseThrow(() -> new UnsatisfiedLinkError(name + " is not installed"));
  }

  /** The C library that this process already runs on. */
  public static Optional<ForeignLibrary> libc() {
    Linker linker = linker();
    return linker == null
        ? Optional.empty()
        : Optional.of(new ForeignLibrary(linker, linker.defaultLookup()));
  }

  public boolean has(String function) {
    return symbols.find(function).isPresent();
  }

  /**
   * A function as a handle of exactly these carriers (call with {@code invokeExact}).
   *
   * @throws IllegalArgumentException if the library has no such function
   */
  public MethodHandle function(String name, CType result, CType... arguments) {
    return widened(name, 0, result, arguments);
  }

  /**
   * The same with an {@link Errno} state in front of the arguments ({@code MemorySegment}).
   *
   * @throws IllegalArgumentException if the library has no such function
   */
  public MethodHandle functionWithErrno(String name, CType result, CType... arguments) {
    return widened(name, 1, result, arguments, Errno.CAPTURE);
  }

  /**
   * Calls a function without arguments once, such as one that tells the library's version.
   *
   * @throws IllegalArgumentException if the library has no such function
   */
  public int callForInt(String name) {
    try {
      return (int) function(name, CType.INT).invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * What to throw when a handle threw. C throws nothing, so that this is an error of the VM or of
   * the caller, and is thrown on as it is.
   */
  public static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("a foreign call threw", thrown);
  }

  private MethodHandle widened(
      String name, int leading, CType result, CType[] arguments, Linker.Option... options) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = layoutOf(arguments[i]);
    }
    FunctionDescriptor descriptor =
        result == CType.VOID
            ? FunctionDescriptor.ofVoid(layouts)
            : FunctionDescriptor.of(layoutOf(result), layouts);
    MethodHandle handle =
        linker.downcallHandle(
            symbols
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException("no function " + name)),
            descriptor,
            options);
    MethodType type = handle.type().changeReturnType(result.carrier);
    for (int i = 0; i < arguments.length; i++) {
      type = type.changeParameterType(leading + i, arguments[i].carrier);
    }
    return MethodHandles.explicitCastArguments(handle, type);
  }

  private static MemoryLayout layoutOf(CType type) {
    if (type.layout == null) {
      throw new IllegalArgumentException("void is a result only");
    }
    return type.layout;
  }

  /** Null where this VM has no linker (Zero without libffi). */
  private static @Nullable Linker linker() {
    try {
      return Linker.nativeLinker();
    } catch (UnsupportedOperationException | LinkageError none) {
      return null;
    }
  }
}
