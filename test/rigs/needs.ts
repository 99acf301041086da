import type { Needs } from '../needs.ts';

/** Needs of `sshd-up.sh` and `sshd-down.sh`. */
export const sshdRig: Needs = {
  programs: ['bash', 'ip', 'sshd', 'ssh-keygen'],
  root: true,
  networks: true,
};

/**
 * Needs of `docker-up.sh` and `docker-down.sh`, without what dockerd starts in their namespaces.
 */
export const dockerRig: Needs = {
  programs: [
    ...(['bash', 'docker', 'docker-compose', 'dockerd', 'find', 'grep', 'ip', 'iptables'] as const),
    ...(['ldd', 'mount', 'tar', 'unshare'] as const),
  ],
  root: true,
};

/** Needs of `slurm-up.sh` and `slurm-down.sh`. */
export const slurmRig: Needs = {
  programs: [
    ...(['awk', 'bash', 'grep', 'hostname', 'munge', 'munged', 'scancel', 'scontrol'] as const),
    ...(['setsid', 'sinfo', 'slurmctld', 'slurmd', 'squeue', 'xargs'] as const),
  ],
  root: true,
};
