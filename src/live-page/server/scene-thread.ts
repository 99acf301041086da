// The thread in which scene and trace of one run are read: it takes seconds for a large trace, and the
// journal is read meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { readScene } from './run-scene.ts';
import type { SceneAnswer, SceneQuestion } from './scene-reader.ts';

const read = readScene(workerData as string);
// A question gets the error as its answer.
read.catch(() => {});

parentPort!.on('message', async ({ id, ask }: SceneQuestion) => {
  let answer: SceneAnswer;
  try {
    answer = { id, text: JSON.stringify(await answerTo(ask)) };
  } catch (error) {
    answer = { id, error: (error as Error).message };
  }
  parentPort!.postMessage(answer);
});

async function answerTo(ask: SceneQuestion['ask']): Promise<unknown> {
  const { scene, wholeScene, tracks } = await read;
  if (ask === 'scene') return scene;
  if (ask === 'whole scene') return wholeScene();
  return { tracks: await tracks(ask.fromUs, ask.toUs) };
}
