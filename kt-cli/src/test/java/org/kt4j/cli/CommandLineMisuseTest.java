package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is wrong with a command line is said before anything is done. In the table {config} is a
 * configuration, {run} the folder of a run of it, which was never trained, {folder} a folder with
 * {file}, and {new} is not there.
 */
class CommandLineMisuseTest {

  /** A space outside of quotes. */
  private static final Pattern BETWEEN_WORDS = Pattern.compile(" (?=[^']*(?:'[^']*'[^']*)*$)");

  private static final String LONG = "n".repeat(300);

  @TempDir private static Path folder;

  @BeforeAll
  static void a_configuration_and_its_like() throws IOException {
    Files.writeString(folder.resolve("config.txt"), SmallExperiments.CLASSIFIER);
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/config.yaml"), SmallExperiments.CLASSIFIER);
    Files.createDirectories(folder.resolve("folder"));
    Files.writeString(folder.resolve("folder/file"), "x");
  }

  @ParameterizedTest(name = "kt {0}")
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '"',
      value = {
        // Paths.
        "train {config} --out ''            => --out: is empty; allowed: FOLDER",
        "train {config} --out ' '           => --out: is empty; allowed: FOLDER",
        "train {config} --out a{nul}b       => --out: 'a\\0b' is no path: it holds the character NUL, which no name of a file can",
        "train {config} --out {folder} --overwrite => {folder}: is not overwritten, for it holds what is no part of a run (file); fix: choose another folder with --out",
        "train {run}/config.yaml --out {run} --overwrite => {run}: is not overwritten, for the configuration {run}/config.yaml is in it; fix: copy the configuration to another folder",
        "train {config} --out {file}        => --out: {file} is a file; allowed: a folder, or a name that is not taken",
        "train {config} --out {file}/x      => --out: {file}/x: leads through a file as if it were a folder",
        "train {config} --out {long}        => --out: {long}: is too long a name for this file system",
        "train {config} --runs ''           => --runs: is empty; allowed: FOLDER",
        "train {config} --runs {file}       => --runs: {file} is a file; allowed: a folder, or a name that is not taken",
        "train ''                           => CONFIG: is empty; it is: the configuration, a YAML file",
        "train {folder}                     => {folder}: is a folder; allowed: a configuration file",
        "train {new}                        => new: there is no file {new}",
        "train                              => CONFIG: is missing; it is: the configuration, a YAML file",
        "train {config} more                => 'more' is too much: kt train takes CONFIG and options",
        "train {config} --out               => --out: its value is missing; allowed: FOLDER",
        "train {config} --out a --out b     => --out: is given more than once; allowed: once",
        "evaluate ''                        => RUN|CONFIG: is empty; it is: a run folder, or a configuration that was trained into its default folder",
        "evaluate {folder}                  => {folder}: holds no run (no config.yaml); allowed: the folder of a run, or a configuration",
        "evaluate {run} --runs ''           => --runs: is empty; allowed: FOLDER",
        "export ''                          => RUN: is empty; it is: the folder of a run",
        "export {folder}                    => {folder}: holds no run (no config.yaml); allowed: the folder of a run",
        "export {file}                      => {file}: holds no run (no config.yaml); allowed: the folder of a run",
        "export {run} ''                    => FOLDER: is empty; it is: the folder to write; RUN/export by default, RUN/export-onnx, RUN/export-int8",
        "export {run} {file}                => FOLDER: {file} is a file; allowed: a folder, or a name that is not taken",
        "predict {run}                      => IMAGE: is missing; it is: JPEG or PNG files, folders of them, or patterns such as 'photos/**.jpg'",
        "predict {run} ''                   => IMAGE: is empty; it is: JPEG or PNG files, folders of them, or patterns such as 'photos/**.jpg'",
        "predict {run} {folder}             => {folder}: holds no .jpg, .jpeg or .png file",
        "predict {run} {new}                => {new}: there is no such file",
        "predict {run} a{nul}b              => 'a\\0b' is no path: it holds the character NUL, which no name of a file can",
        "predict {run} {file} --draw ''     => --draw: is empty; allowed: FOLDER",
        "predict {run} {file} --draw {folder} => --draw: {folder} is the folder of file, which would be replaced; fix: name another folder",
        "predict {run} {file} --draw {file} => --draw: {file} is a file; allowed: a folder, or a name that is not taken",
        "predict {folder} {file}            => {folder}: holds no run (no config.yaml) and no export (no model.onnx or saved_model.pb); allowed: the folder of either",
        "predict {file} {file}              => {file}: is no folder; allowed: the folder of a run or of an export",
        "compare {folder}                   => {folder}: is a folder; allowed: a suite file. For a report of runs: kt report {folder}",
        "compare {new} --runs {file}        => --runs: {file} is a file; allowed: a folder, or a name that is not taken",
        "report {folder}                    => {folder}: holds no run (no config.yaml); allowed: run folders, or the folder of a suite",
        "report {file}                      => {file}: is no folder; allowed: the folder of a run or of a suite",
        "report {new}                       => {new}: there is no such folder; allowed: the folder of a run or of a suite",
        "report ''                          => FOLDER: is empty; it is: a run, a suite's folder, or several runs to compare",
        "report {run} --out ''              => --out: is empty; allowed: FOLDER",
        "report {run} --out {file}          => --out: {file} is a file; allowed: a folder, or a name that is not taken",
        "visualize {folder}                 => {folder}: holds no run (no config.yaml); allowed: the folder of a run",
        "visualize {run} --before ''        => --before: is empty; allowed: RUN|initial",
        "visualize {run} --layer ''         => --layer: is empty; allowed: TEACHERTAP=STUDENTTAP",
        "visualize {run} --out {file}       => --out: {file} is a file; allowed: a folder, or a name that is not taken",
        "data inspect ''                    => NAME|CONFIG: is empty; it is: a data set that kt data lists, or a configuration",
        "data inspect {folder}              => {folder}: is a folder; allowed: a configuration file",
        "data inspect shapes --sheet ''     => --sheet: is empty; allowed: FILE.png",
        "data inspect shapes --sheet x.jpg  => --sheet: x.jpg is not allowed; allowed: a name that ends in .png",
        "data inspect shapes --sheet {file}/x.png => --sheet: {file}/x.png: leads through a file as if it were a folder",
        "data download mnist --to ''        => --to: is empty; allowed: FOLDER",
        "data download mnist --to {file}    => --to: {file} is a file; allowed: a folder, or a name that is not taken",
        "data download                      => NAME: is missing; it is: a data set that kt data lists",
        "cache list --folder ''             => --folder: is empty; allowed: FOLDER",
        "cache list --folder {file}         => --folder: {file} is a file; allowed: the folder that a configuration names as cache",
        "cache clear --folder {folder} ''   => an argument is empty: kt cache clear takes FILE and options",
        "methods ''                         => NAME: is empty; it is: the term whose options are shown",
        // Numbers and lists.
        "train {config} --seed x            => --seed: 'x' is not allowed; allowed: a whole number",
        "train {config} --seed 1.5          => --seed: '1.5' is not allowed; allowed: a whole number",
        "train {config} --seed 9223372036854775808 => --seed: '9223372036854775808' is not allowed; allowed: a whole number up to 9223372036854775807",
        "train {config} --seeds ,           => --seeds: ',' has nothing before or after a comma; allowed: whole numbers with one comma between two",
        "train {config} --seeds 1,          => --seeds: '1,' has nothing before or after a comma; allowed: whole numbers with one comma between two",
        "train {config} --seeds ''          => --seeds: is empty; allowed: N,N,N",
        "train {config} --seeds 1,x         => --seeds: 'x' is not allowed; allowed: whole numbers, such as 1,2,3",
        "train {config} --seeds 1,2,1       => --seeds: [1, 2, 1] names one twice; allowed: each once",
        "train {config} --seeds 1,01        => --seeds: [1, 1] names one twice; allowed: each once",
        "train {config} --seed 1 --seeds 2  => --seed and --seeds: exclude each other; allowed: one of them",
        "export {run} {new} --taps ,        => --taps: ',' has nothing before or after a comma; allowed: names of taps with one comma between two",
        "export {run} {new} --taps a,a      => --taps: [a, a] names one twice; allowed: each once",
        "predict {run} {file} --top 0       => --top: 0 is not allowed; allowed: 1 or more",
        "predict {run} {file} --top 3000000000 => --top: '3000000000' is not allowed; allowed: a whole number up to 2147483647",
        "predict {run} {file} --threshold NaN => --threshold: NaN is not allowed; allowed: 0 to 1",
        "predict {run} {file} --threshold x => --threshold: 'x' is not allowed; allowed: a number",
        "compare {new} --jobs 1.5           => --jobs: '1.5' is not allowed; allowed: a whole number",
        "visualize {run} --pictures 0       => --pictures: 0 is not allowed; allowed: 5 to 1000000",
        "visualize {run} --neurons 101      => --neurons: 101 is not allowed; allowed: 1 to 100",
        "evaluate {run} --split tset        => --split: 'tset' is not allowed; allowed: train, held-out, test",
        "evaluate {run} --checkpoint first  => --checkpoint: 'first' is not allowed; allowed: last, best",
        "export {run} {new} --input int8    => --input: 'int8' is not allowed; allowed: uint8, float32",
        "export {run} {new} --format tflite => --format: 'tflite' is not allowed; allowed: onnx, saved-model",
        "export {run} {new} --format ONNX   => --format: 'ONNX' is not allowed; allowed: onnx, saved-model",
        "export {run} {new} --format ''     => --format: is empty; allowed: FORMAT",
        "export {run} {new} --int8=yes      => --int8: takes no value, and 'yes' is given",
        "export {run} {new} --int8 --half   => --int8 and --half: exclude each other; allowed: one of them",
        "export {run} {new} --int8 --format saved-model => --int8: goes with --format onnx, not with saved-model; fix: leave one out",
        "export {run} {new} --int8 --calibration 0 => int8: calibration 0 is not allowed; allowed: 1 or more pictures",
        "export {run} {new} --int8 --calibration many => --calibration: 'many' is not allowed; allowed: a whole number",
        "export {run} {new} --int8 --range percentile-50 => int8: range percentile 50.0 is not allowed; allowed: above 50, up to 100",
        "export {run} {new} --int8 --range percentile-101 => int8: range percentile 101.0 is not allowed; allowed: above 50, up to 100",
        "export {run} {new} --int8 --range percentile-NaN => int8: range percentile NaN is not allowed; allowed: above 50, up to 100",
        "export {run} {new} --int8 --range percentile => --range: 'percentile' is not allowed; allowed: min-max, or percentile-P with P above 50, up to 100, such as percentile-99.999",
        "export {run} {new} --int8 --range entropy => --range: 'entropy' is not allowed; allowed: min-max, or percentile-P with P above 50, up to 100, such as percentile-99.999",
        "export {run} {new} --int8 --weights-bits 1 => int8: weights-bits 1 is not allowed; allowed: 2 to 8",
        "export {run} {new} --int8 --allowed-loss -1 => int8: allowed-loss -1.0 is not allowed; allowed: 0 to 100",
        "export {run} {new} --int8 --allowed-loss NaN => int8: allowed-loss NaN is not allowed; allowed: 0 to 100",
        "export {run} {new} --half=yes      => --half: takes no value, and 'yes' is given",
        // Settings.
        "train {config} --set a             => --set: 'a' is not allowed; allowed: PATH=VALUE, such as phases.0.epochs=2",
        "train {config} --set =3            => --set: '=3' is not allowed; allowed: PATH=VALUE, such as phases.0.epochs=2",
        "train {config} --set ''            => --set: is empty; allowed: PATH=VALUE",
        "train {config} --set               => --set: its value is missing; allowed: PATH=VALUE",
        "train {config} --set seed=1 --set seed=2 => --set: seed is given more than once; allowed: once",
        "data inspect shapes --set train    => --set: 'train' is not allowed; allowed: PATH=VALUE, such as phases.0.epochs=2",
        // Options that would do nothing.
        "train {config} --resolved --set seed=2 => --resolved: takes the configuration as it is, so --set would do nothing; fix: leave one of them out",
        "train {config} --resolved --seed 2 => --resolved: takes the configuration as it is, so --seed would do nothing; fix: leave one of them out",
        "train {config} --set seed=2 --seed 3 => --set: seed is what --seed and --seeds set; fix: leave one of them out",
        "evaluate {run} --set seed=2        => --set: goes with a configuration, {run} is a run folder",
        "evaluate {run} --runs {new}        => --runs: goes with a configuration, --teacher or --export, {run} is a run folder",
        "evaluate {run} --teacher --export  => --teacher and --export: exclude each other; allowed: one of them",
        "evaluate {run} --export            => {run}: has no export; fix: kt export {run}",
        "export {run} {new} --calibration 9 => --calibration: has no effect without --int8; fix: add --int8, or leave it out",
        "export {run} {new} --range min-max => --range: has no effect without --int8; fix: add --int8, or leave it out",
        "export {run} {new} --weights-bits 7 => --weights-bits: has no effect without --int8; fix: add --int8, or leave it out",
        "export {run} {new} --float-ends    => --float-ends: has no effect without --int8; fix: add --int8, or leave it out",
        "export {run} {new} --allowed-loss 2 => --allowed-loss: has no effect without --int8; fix: add --int8, or leave it out",
        "evaluate {run} --teacher --checkpoint last => --checkpoint: is of the student, and --teacher evaluates the teachers; fix: leave one of them out",
        "report {run} --baseline {new}      => --baseline: goes with several runs, and {run} is one folder; fix: name the runs to compare, or leave the option out",
        "report {run} --different-data      => --different-data: goes with several runs, and {run} is one folder; fix: name the runs to compare, or leave the option out",
        "data inspect shapes --task detection => --task: says what --sheet draws, and there is no --sheet; fix: leave it out, or add --sheet FILE.png",
        "cache clear --folder {folder}      => name the files to be removed, or --all for every file",
        "cache clear --folder {folder} --all x => name the files to be removed, or --all for every file",
        // Commands and options that are none.
        "''                                 => an argument is empty: kt takes nothing but options",
        "trian {config}                     => 'trian' is no command of kt; allowed: cache, cluster-cost, compare, data, evaluate, export, init, methods, networks, predict, prune, report, train, version, visualize, weights",
        "cache lst                          => 'lst' is no command of kt cache; allowed: clear, list, verify",
        "data insp                          => 'insp' is no command of kt data; allowed: download, inspect",
        "cache                              => a command is missing",
        "version x                          => 'x' is too much: kt version takes nothing but options",
        "train {config} --sed 2             => --sed: is no option of kt train",
        "report {run} --bar                 => --bar: is no option of kt report",
      })
  void misuse_is_bad_input_with_one_sentence(String command, String sentence) throws IOException {
    List<String> before = hereAndThere();

    CommandRun run = CommandRun.kt(words(command).toArray());

    assertThat(run.err().lines().findFirst()).hasValue("kt: " + filled(sentence));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).doesNotContain("this should not happen", "\tat ");
    assertThat(hereAndThere()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 20_000})
  void more_seeds_than_anybody_means_are_refused(int count) {
    StringBuilder seeds = new StringBuilder("1");
    for (int seed = 2; seed <= count; seed++) {
      seeds.append(',').append(seed);
    }

    CommandRun run = CommandRun.kt("train", folder.resolve("config.txt"), "--seeds", seeds);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("kt: --seeds: names " + count + " seeds; allowed: 1 to 1000\n");
  }

  @Test
  void the_number_of_jobs_is_that_of_the_cores_at_most() {
    int cores = Runtime.getRuntime().availableProcessors();
    for (int jobs : new int[] {-1, 0, cores + 1}) {
      CommandRun run = CommandRun.kt("compare", folder.resolve("new"), "--jobs=" + jobs);

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err())
          .isEqualTo(
              "kt: --jobs: " + jobs + "; allowed: 1 to " + cores + ", the cores of this machine\n");
    }
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    for (String word : BETWEEN_WORDS.split(command.strip(), -1)) {
      words.add(filled(word.replaceAll("^'(.*)'$", "$1")));
    }
    return words;
  }

  private static String filled(String text) {
    return text.replace("{config}", path("config.txt"))
        .replace("{run}", path("run"))
        .replace("{file}", path("folder/file"))
        .replace("{folder}", path("folder"))
        .replace("{new}", path("new"))
        .replace("{long}", LONG)
        .replace("{nul}", "\0");
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  /** What is in the current folder and in that of the test. */
  private static List<String> hereAndThere() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path each : List.of(Path.of(""), folder)) {
      try (Stream<Path> files = Files.walk(each, each.equals(folder) ? 3 : 1)) {
        files.map(Path::toString).sorted().forEach(names::add);
      }
    }
    return names;
  }
}
