package org.kt4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.Download.RemoteFile;

/**
 * {@code cifar-100}: 32x32 colour photographs in 100 classes (Krizhevsky 2009), binary version,
 * fine labels.
 */
public final class Cifar100Provider implements DatasetProvider<CifarOptions> {

  private static final List<String> CLASSES =
      List.of(
          ("apple,aquarium_fish,baby,bear,beaver,bed,bee,beetle,bicycle,bottle,bowl,boy,bridge,bus,"
                  + "butterfly,camel,can,castle,caterpillar,cattle,chair,chimpanzee,clock,cloud,"
                  + "cockroach,couch,crab,crocodile,cup,dinosaur,dolphin,elephant,flatfish,forest,"
                  + "fox,girl,hamster,house,kangaroo,keyboard,lamp,lawn_mower,leopard,lion,lizard,"
                  + "lobster,man,maple_tree,motorcycle,mountain,mouse,mushroom,oak_tree,orange,"
                  + "orchid,otter,palm_tree,pear,pickup_truck,pine_tree,plain,plate,poppy,porcupine,"
                  + "possum,rabbit,raccoon,ray,road,rocket,rose,sea,seal,shark,shrew,skunk,"
                  + "skyscraper,snail,snake,spider,squirrel,streetcar,sunflower,sweet_pepper,table,"
                  + "tank,telephone,television,tiger,tractor,train,trout,tulip,turtle,wardrobe,"
                  + "whale,willow_tree,wolf,woman,worm")
              .split(","));

  /** For {@link java.util.ServiceLoader}. */
  public Cifar100Provider() {}

  @Override
  public String name() {
    return "cifar-100";
  }

  @Override
  public String summary() {
    return "32x32 colour photographs, 100 classes, 50,000 + 10,000 (Krizhevsky 2009)";
  }

  @Override
  public CifarOptions defaults() {
    return new CifarOptions("data/cifar-100", 50_000, 10_000, 5_000);
  }

  @Override
  public DataSplits open(CifarOptions options) {
    CifarFiles files = new CifarFiles(name(), CLASSES, 2);
    Path folder = Path.of(options.path());
    return SplitDraw.draw(
        name(),
        files.read(folder, List.of("train.bin"), 50_000),
        files.read(folder, List.of("test.bin"), 10_000),
        options.train(),
        options.heldOut(),
        options.test(),
        options.path());
  }

  /** As commonly published for the 50,000 training images. */
  @Override
  public Normalization defaultNormalization() {
    return new Normalization(List.of(0.5071, 0.4865, 0.4409), List.of(0.2673, 0.2564, 0.2762));
  }

  /**
   * The archive's digest is the one TensorFlow Datasets checks (url_checksums/cifar100.txt); those
   * of the two files are torchvision-ruby's.
   */
  @Override
  public Optional<Download> download() {
    return Optional.of(
        new Download(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar.html"),
            List.of(
                RemoteFile.archive(
                    URI.create("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
                    "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
                    168_513_733L,
                    List.of(
                        new PackedFile(
                            "cifar-100-binary/train.bin",
                            "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
                            50_000L * 3_074),
                        new PackedFile(
                            "cifar-100-binary/test.bin",
                            "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
                            10_000L * 3_074))))));
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new CifarSearch(this, "train.bin"));
  }
}
