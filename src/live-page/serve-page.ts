import { SceneReader } from './server/scene-reader.ts';

interface PageOptions {
  host: string;
  port: number;
  viewOnly?: boolean;
}

/** What the page's server has to say. */
interface PageNews {
  onOpen: (url: string) => void;
  /** Where a run takes place cannot be read: its page goes on without a map. */
  onProblem: (message: string) => void;
}

/**
 * Serves the page about the runs in these folders until the process gets a signal to end. Without a port of its
 * own (0) it has the address of the page of these runs before, if that is free: pages still open go on.
 */
export async function servePage(
  folders: readonly string[],
  { host, port, viewOnly = false }: PageOptions,
  { onOpen, onProblem }: PageNews,
): Promise<void> {
  // What a page waits for longest: read beside the loading of the server.
  const scenes = folders.map((folder) => new SceneReader(folder));
  let server: { url: string; close: () => Promise<void> };
  try {
    const { openPage } = await import('./server/open-page.ts');
    server = await openPage(folders, scenes, { host, port, viewOnly });
  } catch (error) {
    // Their threads would keep the process.
    await Promise.all(scenes.map((scene) => scene.close()));
    throw error;
  }
  onOpen(server.url);
  let isClosing = false;
  for (const scene of scenes) {
    scene.scene(false).catch((error: Error) => {
      if (!isClosing) onProblem(error.message);
    });
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  isClosing = true;
  await server.close();
}
