package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.kt4j.cli.malformed.Change.Damage;

/** Damage to a file as a whole, of any format. */
enum FileMutation implements Mutation {
  MISSING {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      return Damage.LOST;
    }
  },
  A_FOLDER {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      Files.createDirectory(file);
      return Damage.LOST;
    }
  },
  A_LINK_TO_NOWHERE {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      Files.createSymbolicLink(file, Path.of("nowhere"));
      return Damage.LOST;
    }
  },
  A_LINK_TO_ITSELF {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      Files.createSymbolicLink(file, file.getFileName());
      return Damage.LOST;
    }
  },
  EMPTY {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      Files.createFile(file);
      return Damage.LOST;
    }
  },
  WITHOUT_PERMISSION {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.setPosixFilePermissions(file, Set.of());
      // The superuser reads it all the same.
      return Files.isReadable(file) ? Damage.OTHER : Damage.LOST;
    }
  },
  OF_ANOTHER_KIND {
    @Override
    Damage spoil(Path file) throws IOException {
      Files.delete(file);
      Files.write(file, new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0});
      return Damage.LOST;
    }
  };

  static final List<FileMutation> ALL = List.of(values());

  abstract Damage spoil(Path file) throws IOException;

  @Override
  public Change apply(Path file, Dice dice) throws IOException {
    Damage damage = spoil(file);
    return new Change(
        file.getFileName() + " is " + name().toLowerCase(Locale.ROOT).replace('_', ' '), damage);
  }
}
