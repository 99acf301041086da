import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualCommand } from './launch-again.ts';
import type { ContainerOptions, Launcher } from './launcher.ts';

export const dockerCompose: Launcher<ContainerOptions> = {
  name: 'compose',
  description: 'write a Compose file with one container for each process',
  options: [
    { flags: '--image <name>', description: 'holds Node', default: 'node:20-bookworm-slim' },
  ],
  writesFiles: true,
  plan: async (request) => {
    const { config, configFile, options, overrides } = request;
    // Loaded only here: every command of edgemlsim loads this file for its help.
    const { containersOf, folderFor, limitsOf, makeFolder, pinnedTo, withWorkersApart } =
      await import('./container-parts.ts');
    const { composeFile } = await import('./compose-file.ts');
    const { filesOfRun } = await import('./files-of-run.ts');
    const limits = limitsOf(options);
    const processes = await containersOf(withWorkersApart(config), limits);
    const folder = folderFor(request);
    const main = realpathSync(process.argv[1]!);
    const pinned = { ...request, overrides: [...overrides, ...pinnedTo(processes)] };
    const text = composeFile({
      image: options.image,
      readable: filesOfRun(config, configFile, main),
      // Wherever the image keeps its Node.
      program: ['node', main],
      simulation: manualCommand(pinned, processes.length, join(folder, 'run')),
      transport: config.live.transport,
      processes,
      limits,
      folder,
      owner: process.getuid === undefined ? null : `${process.getuid()}:${process.getgid!()}`,
    });
    const write = async () => {
      const { newToken, writeTokenFile } = await import('./token-file.ts');
      const { newTls, writeTlsFolder } = await import('./tls-folder.ts');
      const file = join(folder, 'compose.yaml');
      makeFolder(folder);
      writeTokenFile(join(folder, 'token'), newToken());
      writeTlsFolder(folder, await newTls(['coordinator']));
      writeFileSync(file, text);
      return `wrote ${file}, a token and certificates\ndocker compose -f ${file} up`;
    };
    return { text, write };
  },
};
