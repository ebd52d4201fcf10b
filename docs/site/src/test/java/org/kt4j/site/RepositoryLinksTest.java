package org.kt4j.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages of this repository. */
class RepositoryLinksTest {

  private static final Path ROOT = Path.of(System.getProperty("user.dir"), "..", "..");

  @Test
  void every_link_leads_somewhere() {
    Repository repository = new Repository(ROOT);

    assertThat(repository.problems()).isEmpty();
    assertThat(repository.pages())
        .extracting(Page::path)
        .contains("README.md", "CONTRIBUTING.md", "docs/methods/nst.md")
        .contains("benchmarks/results/README.md", "benchmarks/results/cifar10/report.md");
  }
}
