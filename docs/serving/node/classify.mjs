// Asks a student that `kt export --format onnx` or `--int8` has written, with ONNX Runtime:
//
//   node classify.mjs EXPORT PICTURE...
//
// For each picture it prints the name of the file, then of a classifier the likeliest classes and
// their probabilities, of a detector the objects: score, class, left, top, right, bottom.
// `npm install` in this folder fetches what it needs.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';

const [folder, ...pictures] = process.argv.slice(2);
if (pictures.length === 0) {
  console.error('usage: node classify.mjs EXPORT PICTURE...');
  process.exit(2);
}

/** Something that the user can mend. */
class Problem extends Error {}

/** What a promise gives, or a problem that says what was wanted. */
async function wanted(what, promise) {
  try {
    return await promise;
  } catch (e) {
    throw new Problem(`${what}: ${e.message}`);
  }
}

/** Red, green and blue bytes: upright, in sRGB, on white where the picture is transparent. */
async function pixels(file) {
  const decoded = sharp(await readFile(file)).autoOrient().toColourspace('srgb').ensureAlpha().raw();
  const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) {
    throw new Error(`${info.channels} channels instead of red, green, blue and alpha`);
  }
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3];
    for (let channel = 0; channel < 3; channel++) {
      rgb[to++] = Math.round((data[from + channel] * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { rgb, width: info.width, height: info.height };
}

/** The picture in the form that the model's input has. */
function tensor({ rgb, width, height }, { type, shape }) {
  const batch = shape.length === 4 ? [1] : [];
  const [wantedHeight, wantedWidth, channels] = shape.slice(-3);
  for (const [is, allowed] of [[height, wantedHeight], [width, wantedWidth]]) {
    if (typeof allowed === 'number' && allowed !== is) {
      throw new Error(
        `${width} x ${height} pixels; the model takes ${wantedWidth} x ${wantedHeight} only`
          + '; fix: resize the picture, or export the model without --fixed-size');
    }
  }
  let values = rgb;
  if (channels === 1) {
    values = Uint8Array.from({ length: width * height }, (_, i) =>
      Math.round(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]));
  }
  if (type === 'float32') {
    values = Float32Array.from(values, (value) => value / 255);
  }
  return new ort.Tensor(type, values, [...batch, height, width, channels]);
}

/** What the model gives, by name. */
async function ask(session, file) {
  const [input] = session.inputMetadata;
  return session.run({ [input.name]: tensor(await pixels(file), input) });
}

/** The likeliest five. */
function classes({ probabilities }, names) {
  return Array.from(probabilities.data, (probability, k) => ({ name: names[k], probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 5)
    .map(({ name, probability }) => `${name} ${probability.toFixed(7)}`);
}

/** The best first; boxes in pixels of the picture. */
function objects({ boxes, scores, labels }, names) {
  return Array.from(scores.data, (score, i) => {
    const [top, left, bottom, right] = boxes.data.slice(4 * i, 4 * i + 4);
    const box = [left, top, right, bottom].map((edge) => edge.toFixed(4)).join(' ');
    return `${score.toFixed(7)} ${names[Number(labels.data[i])]} ${box}`;
  });
}

async function main() {
  const model = join(folder, 'model.onnx');
  const names = (await wanted('no export', readFile(join(folder, 'synset.txt'), 'utf8')))
    .split(/\r?\n/)
    .slice(0, -1);
  const session = await wanted(model, ort.InferenceSession.create(model));
  for (const file of pictures) {
    const answer = await wanted(file, ask(session, file));
    const lines = answer.boxes ? objects(answer, names) : classes(answer, names);
    console.log([file, ...lines.map((line) => `  ${line}`)].join('\n'));
  }
}

try {
  await main();
} catch (e) {
  if (!(e instanceof Problem)) {
    throw e;
  }
  console.error(`classify.mjs: ${e.message}`);
  process.exitCode = 2;
}
