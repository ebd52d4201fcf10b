package org.kt4j.cli;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** The page of docs/serving/browser in Chromium, from a server in this process. */
final class ServedPage implements AutoCloseable {

  private static final Map<String, String> TYPES =
      Map.of("html", "text/html", "mjs", "text/javascript", "wasm", "application/wasm");

  private final HttpServer server;
  private final ChromeDriver browser;

  private ServedPage(HttpServer server, ChromeDriver browser) {
    this.server = server;
    this.browser = browser;
  }

  /** Whether Chromium and its driver are installed. */
  static boolean isPossible() {
    return chromium().isPresent() && driver().isPresent();
  }

  private static Optional<File> chromium() {
    return onPath("chromium", "chromium-browser", "google-chrome");
  }

  private static Optional<File> driver() {
    return onPath("chromedriver");
  }

  private static Optional<File> onPath(String... names) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(place -> Stream.of(names).map(name -> new File(place, name)))
        .filter(File::canExecute)
        .findFirst();
  }

  /**
   * Starts both.
   *
   * @param folders which lie beside each other for the browser; a file is taken from the first that
   *     has it
   */
  static ServedPage start(Path... folders) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, folders));
    server.start();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium().orElseThrow());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
    ChromeDriver browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver().orElseThrow()).build(),
            options);
    browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
    return new ServedPage(server, browser);
  }

  private static void answer(HttpExchange exchange, Path... folders) throws IOException {
    String name = exchange.getRequestURI().getPath().substring(1);
    Optional<Path> file =
        Stream.of(folders)
            .map(folder -> folder.resolve(name))
            .filter(Files::isRegularFile)
            .findFirst();
    try (exchange) {
      if (file.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String type =
          TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, Files.size(file.get()));
      try (OutputStream body = exchange.getResponseBody()) {
        Files.copy(file.get(), body);
      }
    }
  }

  /** Where the page comes from. */
  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  ChromeDriver browser() {
    return browser;
  }

  /** Opens the page with the model of a folder, and waits until it is loaded or a problem told. */
  void open(String model, int width, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    browser.get(origin() + "index.html?model=" + model);
    await("!document.getElementById('drop').hidden || !document.getElementById('problem').hidden");
  }

  /** Chooses a picture and waits for the answer or a problem. */
  void choose(Path picture) {
    browser.findElement(By.id("file")).sendKeys(picture.toString());
    awaitAnswer(picture);
  }

  /** Drops a picture. */
  void drop(Path picture) throws IOException {
    browser.executeScript(
        "const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));"
            + "const dataTransfer = new DataTransfer();"
            + "dataTransfer.items.add(new File([bytes], arguments[1]));"
            + "document.body.dispatchEvent("
            + "    new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));",
        Base64.getEncoder().encodeToString(Files.readAllBytes(picture)),
        String.valueOf(picture.getFileName()));
    awaitAnswer(picture);
  }

  private void awaitAnswer(Path picture) {
    await(
        "!document.getElementById('problem').hidden || !document.getElementById('answer').hidden"
            + " && document.getElementById('about').textContent.startsWith('"
            + picture.getFileName()
            + ",')");
  }

  private void await(String condition) {
    String script =
        "const done = arguments[arguments.length - 1];"
            + "const ask = () => ("
            + condition
            + ") ? done() : setTimeout(ask, 5);"
            + "ask();";
    browser.executeAsyncScript(script);
  }

  /** The value of an expression, a promise's included. */
  Object script(String expression) {
    return Objects.requireNonNull(
        browser.executeAsyncScript(
            "Promise.resolve(" + expression + ").then(arguments[arguments.length - 1])"));
  }

  String text(String id) {
    return browser.findElement(By.id(id)).getText();
  }

  /** What is told beside the picture, by name. */
  Map<String, Double> answer() {
    Map<String, Double> answer = new LinkedHashMap<>();
    String rows =
        "[...document.querySelectorAll('#list li')].map((row) =>"
            + " [row.querySelector('span').textContent, row.querySelector('data').value])";
    for (Object row : (List<?>) script(rows)) {
      List<?> nameAndShare = (List<?>) row;
      answer.put(
          String.valueOf(nameAndShare.get(0)),
          Double.parseDouble(String.valueOf(nameAndShare.get(1))));
    }
    return answer;
  }

  /** Moves the least score; gives a line for each object: class, score, and box as in the model. */
  List<String> objects(double least) {
    browser.executeScript(
        "const least = document.getElementById('least');"
            + "least.value = arguments[0]; least.dispatchEvent(new Event('input'))",
        least);
    String rows =
        "[...document.querySelectorAll('#list li')].map((row) => row.querySelector('span').textContent"
            + " + ' ' + row.querySelector('data').value + ' ' + row.dataset.box)";
    return ((List<?>) script(rows)).stream().map(String::valueOf).toList();
  }

  /** Puts what is seen into target/pages; says where. */
  Path photographed(String name) throws IOException {
    Path file = Files.createDirectories(Path.of("target", "pages")).resolve(name + ".png");
    return Files.write(file, browser.getScreenshotAs(OutputType.BYTES));
  }

  /** What axe finds. */
  List<Rule> violations() {
    return new AxeBuilder().analyze(browser).getViolations();
  }

  /** What the console shows since the last call. */
  List<String> console() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Override
  public void close() {
    browser.quit();
    server.stop(0);
  }
}
