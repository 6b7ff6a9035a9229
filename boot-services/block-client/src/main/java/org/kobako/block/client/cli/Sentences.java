package org.kobako.block.client.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What the JDK's exceptions mean, for people: many carry a file's name and nothing else. */
public final class Sentences {
  private Sentences() {}

  /** One line, without the exception's class where its message says anything. */
  public static String of(IOException e) {
    String sentence =
        switch (e) {
          case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
          case FileAlreadyExistsException there -> there.getFile() + ": is there already";
          case AccessDeniedException denied -> denied.getFile() + ": permission denied";
          case DirectoryNotEmptyException full -> full.getFile() + ": directory is not empty";
          case NotDirectoryException file -> file.getFile() + ": is no directory";
          case FileSystemException other when other.getReason() == null ->
              other.getFile() + ": " + other.getClass().getSimpleName();
          default -> messageOf(e);
        };
    return sentence.lines().findFirst().orElse(sentence);
  }

  private static String messageOf(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
