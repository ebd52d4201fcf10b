package org.kt4j.engine.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.kt4j.engine.replica.Replicas;

/**
 * Computes what is missing of files and writes it, block by block. Several workers compute a block
 * each at a time, and give what they have computed to those that write.
 *
 * @param source computes the rows
 * @param written the files that this worker writes; what they miss is wanted
 * @param all the files that any worker writes, in the same order in each
 * @param replicas the workers
 */
record Fill(RowSource source, List<FileStock> written, List<FileStock> all, Replicas replicas) {

  void run(FillListener listener) throws IOException {
    List<BitSet> wanted = new ArrayList<>();
    BitSet any = new BitSet();
    for (FileStock part : all) {
      BitSet missing = replicas.any(written.contains(part) ? part.missing() : new BitSet());
      wanted.add(missing);
      any.or(missing);
    }
    if (any.isEmpty()) {
      return;
    }
    source.begin();
    try {
      for (FileStock part : written) {
        part.openForWriting();
      }
      compute(any, wanted, listener);
    } finally {
      for (FileStock part : written) {
        part.close();
      }
    }
  }

  private void compute(BitSet any, List<BitSet> wanted, FillListener listener) throws IOException {
    long total = any.stream().mapToLong(at -> all.get(0).pictures(at)).sum();
    long began = System.nanoTime();
    long done = 0;
    List<RowSource.Block> round = new ArrayList<>();
    List<byte[]> own = List.of();
    for (int at = any.nextSetBit(0); at >= 0; at = any.nextSetBit(at + 1)) {
      RowSource.Block block = source.next(at);
      if (round.size() == replicas.rank()) {
        own = source.rows(block, all, wanted);
      }
      round.add(block);
      if (round.size() == replicas.count() || any.nextSetBit(at + 1) < 0) {
        exchange(round, own, wanted);
        done += round.stream().mapToLong(RowSource.Block::pictures).sum();
        round.clear();
        own = List.of();
        listener.filling(done, total, (System.nanoTime() - began) / 1e9);
      }
    }
  }

  /** Gives what this worker has computed to all, and writes what comes from all. */
  private void exchange(List<RowSource.Block> round, List<byte[]> own, List<BitSet> wanted)
      throws IOException {
    for (int p = 0; p < all.size(); p++) {
      FileStock part = all.get(p);
      List<byte[]> rows = replicas.all(own.isEmpty() ? new byte[0] : own.get(p));
      for (int r = 0; r < round.size(); r++) {
        RowSource.Block block = round.get(r);
        if (wanted.get(p).get(block.at())) {
          if (!part.precision().isFinite(rows.get(r))) {
            throw source.notFinite(part, block);
          }
          if (written.contains(part) && part.lacks(block.at())) {
            part.write(block.at(), rows.get(r));
          }
        }
      }
    }
  }
}
