import type { Needs } from '../needs.ts';

/** What `sshd-up.sh` and `sshd-down.sh` start. */
export const sshdRig: Needs = {
  programs: ['bash', 'ip', 'sshd', 'ssh-keygen'],
  root: true,
  networks: true,
};

/** What `docker-up.sh` and `docker-down.sh` start, without what dockerd starts in their namespaces. */
export const dockerRig: Needs = {
  programs: [
    ...(['bash', 'docker', 'docker-compose', 'dockerd', 'find', 'grep', 'ip', 'iptables'] as const),
    ...(['ldd', 'mount', 'tar', 'unshare'] as const),
  ],
  root: true,
};

/** What `slurm-up.sh` and `slurm-down.sh` start. */
export const slurmRig: Needs = {
  programs: [
    ...(['awk', 'bash', 'grep', 'hostname', 'munge', 'munged', 'scancel', 'scontrol'] as const),
    ...(['setsid', 'sinfo', 'slurmctld', 'slurmd', 'squeue', 'xargs'] as const),
  ],
  root: true,
};
