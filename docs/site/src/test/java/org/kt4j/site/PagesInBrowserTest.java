package org.kt4j.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The site of this repository in a real browser, opened from the disk. Needs Chromium and its
 * driver ({@code apt-get install chromium chromium-driver}); says so and is skipped where they are
 * not installed.
 */
@Tag("slow")
class PagesInBrowserTest {

  private static final Path ROOT = Path.of(System.getProperty("user.dir"), "..", "..");

  @TempDir private static Path site;
  private static ChromeDriver browser;

  @BeforeAll
  static void open() {
    Optional<File> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<File> driver = onPath("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      System.err.println("NOT RUN: no chromium or no chromedriver; the site is not looked at");
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
    assertThat(Site.write(ROOT, site)).isEmpty();
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

  private static void show(String page, int width, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    browser.get(site.resolve(page).toUri().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "index.html, 1280, light",
    "index.html, 390, dark",
    "docs/methods/nst.html, 1280, dark",
    "docs/methods/nst.html, 390, light",
    "docs/extending.html, 900, light",
    "docs/extending.html, 390, light",
    "benchmarks/results/losses.html, 390, light",
    "configs/bccd/suite.yaml.html, 390, dark"
  })
  void a_page_is_readable_everywhere_and_by_everybody(String page, int width, String scheme)
      throws IOException {
    show(page, width, scheme);

    Path picture =
        Path.of("target", "pages", page.replace('/', '-') + "-" + width + "-" + scheme + ".png");
    Files.createDirectories(Path.of("target", "pages"));
    Files.write(picture, browser.getScreenshotAs(OutputType.BYTES));
    assertThat(number("return document.documentElement.scrollWidth"))
        .as("no sideways scrolling of the page itself, see %s", picture)
        .isLessThanOrEqualTo(width);
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    assertThat(
            browser.executeScript(
                "return performance.getEntriesByType('resource').map(each => each.name)"
                    + ".filter(name => !name.startsWith('file:') && !name.startsWith('data:'))"))
        .as("nothing is fetched from elsewhere")
        .isEqualTo(List.of());
    assertNothingForAxe(picture);
    assertThat(background())
        .isEqualTo(scheme.equals("dark") ? "rgb(20, 23, 26)" : "rgb(252, 252, 250)");
  }

  private static void assertNothingForAxe(Path picture) {
    List<Rule> violations = new AxeBuilder().analyze(browser).getViolations();
    // axe asks for the style sheet by itself, which a page from the disk may not.
    browser.manage().logs().get(LogType.BROWSER);
    assertThat(violations)
        .as("what axe finds, see %s", picture)
        .extracting(rule -> rule.getId() + ": " + rule.getNodes())
        .isEmpty();
  }

  private static String background() {
    return String.valueOf(
        browser.executeScript("return getComputedStyle(document.body).backgroundColor"));
  }

  @Test
  void the_colours_that_were_chosen_stay_on_the_next_page() {
    show("index.html", 1280, "light");
    browser.findElement(By.id("theme")).click();
    assertThat(background()).isEqualTo("rgb(20, 23, 26)");

    show("docs/methods/kd.html", 1280, "light");

    assertThat(background()).isEqualTo("rgb(20, 23, 26)");
    assertThat(browser.findElement(By.id("theme")).getText()).isEqualTo("Light");
    browser.findElement(By.id("theme")).click();
    assertThat(background()).isEqualTo("rgb(252, 252, 250)");
    browser.executeScript("localStorage.clear()");
  }

  @ParameterizedTest
  @CsvSource({"docs/methods/kd.html, 1280", "index.html, 390"})
  void the_search_finds_a_section_and_leads_to_it(String page, int width) {
    show(page, width, "light");

    new Actions(browser).sendKeys("/").perform();
    new Actions(browser).sendKeys("neuron selectivity").perform();
    WebElement first = firstFound();
    assertThat(first.getText()).isEqualTo("nst: neuron selectivity transfer");
    assertNothingForAxe(site);
    new Actions(browser).sendKeys(Keys.ARROW_DOWN, Keys.ENTER).perform();

    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(each -> browser.getTitle().startsWith("nst: neuron"));
    assertThat(browser.getCurrentUrl()).endsWith("/docs/methods/nst.html");
  }

  @ParameterizedTest
  @CsvSource({"neurons selective", "NEURON SELECTIVI", "nuron selectivity"})
  void other_forms_beginnings_and_a_wrong_letter_are_found(String words) {
    show("index.html", 1280, "light");

    browser.findElement(By.id("search")).sendKeys(words);

    firstFound();
    assertThat(browser.findElement(By.id("found")).getText())
        .contains("nst: neuron selectivity transfer");
  }

  private static WebElement firstFound() {
    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(each -> !browser.findElements(By.cssSelector("#found a")).isEmpty());
    return browser.findElement(By.cssSelector("#found a"));
  }

  @Test
  void escape_ends_the_search_and_nothing_found_is_said() {
    show("index.html", 1280, "light");

    browser.findElement(By.id("search")).sendKeys("qqqqqqqqqqqq");
    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(each -> browser.findElement(By.id("found")).isDisplayed());
    assertThat(browser.findElement(By.id("found")).getText()).startsWith("Nothing found.");
    new Actions(browser).sendKeys(Keys.ESCAPE).perform();

    assertThat(browser.findElement(By.id("found")).isDisplayed()).isFalse();
  }

  @Test
  void on_a_phone_the_pages_are_folded_and_the_keyboard_reaches_the_content() {
    show("docs/methods/nst.html", 390, "light");

    WebElement link = browser.findElement(By.cssSelector(".pages a[aria-current]"));
    assertThat(link.isDisplayed()).isFalse();
    browser.findElement(By.cssSelector(".pages summary")).click();
    assertThat(link.isDisplayed()).isTrue();
    show("docs/methods/nst.html", 390, "light");
    new Actions(browser).sendKeys(Keys.TAB).perform();
    assertThat(browser.switchTo().activeElement().getText()).isEqualTo("To the content");
  }

  private static long number(String script) {
    return browser.executeScript(script) instanceof Number found ? found.longValue() : -1;
  }
}
