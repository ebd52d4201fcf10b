package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.comparison.figures.FigureOptions;
import org.kt4j.comparison.figures.Subject;
import org.kt4j.comparison.figures.TransferFigures;
import org.kt4j.data.Split;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.Tasks;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/**
 * The pages in a real browser. Needs Chromium and its driver ({@code apt-get install chromium
 * chromium-driver}); says so and is skipped where they are not installed.
 */
@Tag("slow")
class PagesInBrowserTest {

  @TempDir private static Path folder;
  private static final Map<String, Path> pages = new HashMap<>();
  private static ChromeDriver browser;

  @BeforeAll
  static void open() throws IOException {
    Optional<File> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<File> driver = onPath("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      System.err.println("NOT RUN: no chromium or no chromedriver; the reports are not looked at");
    }
    assumeThat(chromium).as("chromium").isPresent();
    assumeThat(driver).as("chromedriver").isPresent();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.orElseThrow()).build(),
            options);
    writeRuns();
    pages.put("comparison", ComparisonReport.ofSuite(folder).write(folder));
    pages.put("run", RunReport.of(folder.resolve("m1-1")).write(folder.resolve("m1-1")));
    writeDetectors(folder.resolve("detectors"));
    pages.put(
        "detectors",
        ComparisonReport.ofSuite(folder.resolve("detectors")).write(folder.resolve("detectors")));
    Path detector = folder.resolve("detectors/m1-1");
    pages.put("detector", RunReport.of(detector).write(detector));
    Path many =
        WrittenRuns.detector(
            folder.resolve("many"), WrittenRuns.KD, 1, 20, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);
    pages.put("many-classes", RunReport.of(many).write(many));
    Path depths = folder.resolve("depths");
    writeSuite(
        depths,
        (run, m, seed) ->
            WrittenRuns.depth(
                run, m == 0 ? WrittenRuns.ALONE : WrittenRuns.KD, seed, 4 + 0.1 * seed - 0.4 * m));
    pages.put("depths", ComparisonReport.ofSuite(depths).write(depths));
    pages.put("figures", writeFigures());
  }

  private static void writeRuns() throws IOException {
    writeSuite(
        folder,
        (run, m, seed) ->
            WrittenRuns.complete(
                run,
                m == 0 ? WrittenRuns.ALONE : WrittenRuns.KD,
                seed,
                0.6 + 0.01 * seed + 0.05 * m * (m == 2 ? -1 : 1),
                20));
  }

  private static void writeDetectors(Path suite) throws IOException {
    writeSuite(
        suite,
        (run, m, seed) ->
            WrittenRuns.detector(
                run,
                m == 0 ? WrittenRuns.ALONE : WrittenRuns.KD,
                seed,
                20,
                0.6 + 0.01 * seed + 0.05 * m,
                0.5 + 0.02 * seed - 0.03 * m * seed,
                0.3));
    Files.writeString(suite.resolve("m2-1/examples/street.png"), "no picture");
  }

  /** Writes the run of a method and a seed. */
  @FunctionalInterface
  private interface RunWriter {
    void write(Path run, int method, int seed) throws IOException;
  }

  private static void writeSuite(Path suite, RunWriter writer) throws IOException {
    StringBuilder rows = new StringBuilder();
    String[] methods = {"student alone", "KD", "A method with quite a long name + another one"};
    for (int m = 0; m < methods.length; m++) {
      rows.append(m == 0 ? "" : ",").append("{\"method\": \"").append(methods[m]);
      rows.append("\", \"runs\": [");
      for (int seed = 1; seed <= 3; seed++) {
        String name = "m" + m + "-" + seed;
        writer.write(suite.resolve(name), m, seed);
        rows.append(seed == 1 ? "" : ",");
        rows.append("{\"seed\": " + seed + ", \"folder\": \"" + name + "\", \"failure\": null}");
      }
      rows.append("]}");
    }
    Files.writeString(
        suite.resolve("suite.json"),
        "{\"name\": \"group/suite\", \"source\": \"suite.yaml\", \"tables\": [{\"setting\": \"\","
            + " \"rows\": ["
            + rows
            + "]}]}");
  }

  /** Of networks with their first values. */
  private static Path writeFigures() {
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    Tasks tasks = injector.getInstance(Tasks.class);
    ExperimentReader reader = injector.getInstance(ExperimentReader.class);
    List<ObservableNetworks> networks = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      ExperimentConfig config =
          reader.parse(
              "test",
              "data: {name: shapes, train: 8, held-out: 0, test: 60, size: 16}\n"
                  + "student: {network: resnet-8}\n"
                  + "phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]\n"
                  + "seed: "
                  + seed);
      networks.add(tasks.of(config).observe(config, folder));
    }
    Subject subject =
        new Subject(
            networks.get(0).untrained(),
            networks.get(1).untrained(),
            networks.get(2).untrained(),
            networks.get(2).pictures(Split.TEST));
    injector
        .getInstance(TransferFigures.class)
        .examine(subject, new FigureOptions(null, 60, 3, 4, 1), seen -> {})
        .write(folder.resolve("figures"));
    networks.forEach(ObservableNetworks::close);
    return folder.resolve("figures/figures.html");
  }

  private static Optional<File> onPath(String... names) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(place -> Stream.of(names).map(name -> new File(place, name)))
        .filter(File::canExecute)
        .findFirst();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  private static void show(Path page, int width, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    browser.get(page.toUri().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "comparison, 1280, light",
    "comparison, 1280, dark",
    "comparison, 1000, light",
    "comparison, 360, light",
    "run, 1280, light",
    "run, 1280, dark",
    "run, 360, dark",
    "detectors, 1280, light",
    "detectors, 1280, dark",
    "detectors, 1000, light",
    "detectors, 360, light",
    "detector, 1280, light",
    "detector, 360, dark",
    "many-classes, 1280, light",
    "many-classes, 360, light",
    "depths, 1280, light",
    "depths, 360, dark",
    "figures, 1280, light",
    "figures, 360, dark"
  })
  void a_page_is_readable_everywhere_and_by_everybody(String page, int width, String scheme)
      throws IOException {
    show(Objects.requireNonNull(pages.get(page)), width, scheme);

    Path picture = Path.of("target", "pages", page + "-" + width + "-" + scheme + ".png");
    Files.createDirectories(Path.of("target", "pages"));
    Files.write(picture, browser.getScreenshotAs(OutputType.BYTES));
    assertThat(number("return document.documentElement.scrollWidth"))
        .as("no sideways scrolling of the page itself, see %s", picture)
        .isLessThanOrEqualTo(width);
    assertThat(number("return performance.getEntriesByType('resource').length"))
        .as("nothing is fetched")
        .isZero();
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    List<Rule> violations = new AxeBuilder().analyze(browser).getViolations();
    assertThat(violations)
        .as("what axe finds, see %s", picture)
        .extracting(rule -> rule.getId() + ": " + rule.getNodes())
        .isEmpty();
    String background =
        String.valueOf(
            browser.executeScript("return getComputedStyle(document.body).backgroundColor"));
    assertThat(background)
        .isEqualTo(scheme.equals("dark") ? "rgb(20, 23, 26)" : "rgb(252, 252, 250)");
  }

  @ParameterizedTest
  @CsvSource({"comparison, 1000", "detectors, 1000", "depths, 1000", "comparison, 1280"})
  void no_column_of_the_results_is_outside_of_a_usual_window(String page, int width) {
    show(Objects.requireNonNull(pages.get(page)), width, "light");

    assertThat(
            number(
                "return Math.max(...[...document.querySelectorAll('table')]"
                    + ".map(table => table.getBoundingClientRect().right))"))
        .isLessThanOrEqualTo(width);
  }

  @Test
  void the_keyboard_reaches_the_content_and_what_scrolls() {
    show(Objects.requireNonNull(pages.get("comparison")), 360, "light");

    new Actions(browser).sendKeys(Keys.TAB).perform();
    assertThat(focused()).isEqualTo("a:to the content");
    new Actions(browser).sendKeys(Keys.TAB).perform();
    assertThat(focused()).startsWith("div:method");
  }

  private static String focused() {
    return String.valueOf(
            browser.executeScript(
                "const e = document.activeElement;"
                    + "return e.tagName + ':' + e.textContent.trim().substring(0, 20)"))
        .toLowerCase(Locale.ROOT);
  }

  private static long number(String script) {
    return browser.executeScript(script) instanceof Number found ? found.longValue() : -1;
  }
}
