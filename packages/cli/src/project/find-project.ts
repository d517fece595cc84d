import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'

const ENTRIES = ['main.ts', 'main.js', 'main.mjs']

export interface Project {
  /** Absolute. */
  readonly root: string
  /** File name of the entry, in the root. */
  readonly entry: string
}

/** @throws CliFailure when there is no folder or no entry in it */
export function findProject(io: Io, folder = '.'): Project {
  const root = path.resolve(io.cwd, folder)
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CliFailure(`${root} is not a folder.`, {
      hint: 'Name the folder of an extension, or run this inside it.',
    })
  }
  const entry = ENTRIES.find((name) => existsSync(path.join(root, name)))
  if (entry === undefined) {
    throw new CliFailure(`There is no main.ts, main.js or main.mjs in ${root}.`, {
      hint: 'Run this in the folder of an extension, or make one with `imperal init <name>`.',
    })
  }
  return { root, entry }
}
