package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.engine.replica.Workers;
import picocli.CommandLine;

/** The files of docs/workers give {@code kt train} what it takes. */
class WorkerSchedulersTest {

  @TempDir private Path folder;

  private static Path docs() {
    return Path.of(System.getProperty("user.dir"), "..", "docs", "workers").normalize();
  }

  /** Where the words of a command put a worker. */
  private static Workers joined(List<String> command, Map<String, String> environment) {
    WorkerOptions options = new WorkerOptions();
    new CommandLine(
            CommandLine.Model.CommandSpec.create()
                .addMixin("workers", CommandLine.Model.CommandSpec.forAnnotatedObject(options))
                .addPositional(
                    CommandLine.Model.PositionalParamSpec.builder().arity("1..*").build()))
        .parseArgs(command.toArray(String[]::new));
    return Objects.requireNonNull(options.joined(environment));
  }

  /** The documents of the manifest, by their kind. */
  private static JsonNode manifest() throws Exception {
    ObjectNode byKind = JsonNodeFactory.instance.objectNode();
    String text = Files.readString(docs().resolve("kubernetes.yaml"));
    for (String document : text.split("(?m)^---$", -1)) {
      JsonNode root = ConfigurationTree.parse("kubernetes.yaml", document).root();
      assertThat(byKind.replace(root.path("kind").asText(), root)).isNull();
    }
    return byKind;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  @Test
  void kubernetes_names_each_pod_as_a_worker() throws Exception {
    JsonNode manifest = manifest();
    JsonNode job = manifest.path("Job");
    JsonNode spec = job.path("spec");
    JsonNode pod = spec.path("template").path("spec");
    JsonNode container = pod.path("containers").path(0);
    String service = manifest.path("Service").path("metadata").path("name").asText();
    int workers = spec.path("completions").asInt();
    List<String> names = new ArrayList<>();
    for (int rank = 0; rank < workers; rank++) {
      // An Indexed Job names its pods JOB-INDEX, and their service is the domain.
      names.add(job.path("metadata").path("name").asText() + "-" + rank + "." + service + ":2222");
    }

    assertThat(spec.path("completionMode").asText()).isEqualTo("Indexed");
    assertThat(spec.path("parallelism").asInt()).isEqualTo(workers).isGreaterThan(1);
    assertThat(pod.path("subdomain").asText()).isEqualTo(service);
    assertThat(texts(container.path("args"))).startsWith("train");
    for (int rank = 0; rank < workers; rank++) {
      Workers joined =
          joined(
              texts(container.path("args")),
              Map.of("JOB_COMPLETION_INDEX", Integer.toString(rank)));
      assertThat(joined.rank()).isEqualTo(rank);
      assertThat(joined.addresses()).isEqualTo(names);
    }
  }

  @Test
  void kubernetes_lets_only_the_workers_reach_their_port() throws Exception {
    JsonNode manifest = manifest();
    JsonNode labels =
        manifest.path("Job").path("spec").path("template").path("metadata").path("labels");
    JsonNode service = manifest.path("Service").path("spec");
    JsonNode policy = manifest.path("NetworkPolicy").path("spec");
    JsonNode rule = policy.path("ingress").path(0);

    assertThat(labels.path("app").asText()).isEqualTo("kt-train");
    assertThat(service.path("clusterIP").asText()).isEqualTo("None");
    assertThat(service.path("selector")).isEqualTo(labels);
    assertThat(policy.path("podSelector").path("matchLabels")).isEqualTo(labels);
    assertThat(texts(policy.path("policyTypes"))).containsExactly("Ingress");
    assertThat(policy.path("ingress")).hasSize(1);
    assertThat(rule.path("from")).hasSize(1);
    assertThat(rule.path("from").path(0).path("podSelector").path("matchLabels")).isEqualTo(labels);
    assertThat(rule.path("ports")).hasSize(1);
    assertThat(rule.path("ports").path(0).path("port").asInt()).isEqualTo(2222);
  }

  private Path program(String name, String body) throws Exception {
    Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  /** With programs in the place of Slurm's. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void the_slurm_script_names_each_node_as_a_worker() throws Exception {
    program("scontrol", "[ \"$*\" = 'show hostnames node[07-08]' ] && printf 'node07\\nnode08\\n'");
    program("srun", "for each; do echo \"$each\"; done");
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", docs().resolve("slurm.sh").toString(), "c.yaml", "--set", "batch-size=64");
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    builder.environment().put("SLURM_JOB_ID", "4711042");
    builder.environment().put("SLURM_JOB_NODELIST", "node[07-08]");
    builder.environment().put("SLURM_CPUS_PER_TASK", "16");

    Process script = builder.redirectErrorStream(true).start();
    List<String> words =
        new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

    assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(script.exitValue()).as(String.join("\n", words)).isZero();
    assertThat(words)
        .containsExactly(
            "--kill-on-bad-exit=1",
            "--cpus-per-task=16",
            "./kt",
            "train",
            "c.yaml",
            "--set",
            "batch-size=64",
            "--workers",
            "node07:21042,node08:21042");
    assertThat(
            joined(words.subList(words.size() - 2, words.size()), Map.of("SLURM_PROCID", "1"))
                .rank())
        .isEqualTo(1);
  }
}
