#!/bin/bash
# One worker on each node. From a built checkout that all nodes see:
#   sbatch docs/workers/slurm.sh configs/quickstart/nst-kd.yaml [further options of kt train]
#SBATCH --job-name=kt-train
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=12:00:00
#SBATCH --requeue
set -euo pipefail

config="${1:?the configuration is missing: sbatch docs/workers/slurm.sh CONFIG [OPTIONS]}"
shift
# Two jobs that share a node have two ports.
port=$((20000 + SLURM_JOB_ID % 10000))
workers="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/$/:$port/" | paste -sd, -)"

# Each task has its rank in SLURM_PROCID. srun does not take over the cores of sbatch by itself.
exec srun --kill-on-bad-exit=1 --cpus-per-task="$SLURM_CPUS_PER_TASK" \
  ./kt train "$config" "$@" --workers "$workers"
