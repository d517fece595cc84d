import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFolder, createParent, PID_FILE, PROGRAMS, removeStrays } from './folders.ts'
import { closedFolderAbove, reachableProgram, UserIds } from './machine.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'machine-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const asRoot = process.getuid?.() === 0

describe('a program for other users', () => {
  test('that everyone reaches stays where it is', () => {
    expect(reachableProgram('/bin/sh', join(folder, 'programs'))).toMatch(/sh$/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('below a folder that only its owner enters is offered at an open place, once', () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    copyFileSync('/bin/true', join(closed, 'tool'))
    expect(closedFolderAbove(closed)).toBe(closed)
    const place = reachableProgram(join(closed, 'tool'), join(folder, 'programs'))
    expect(place.startsWith(join(folder, 'programs'))).toBe(true)
    expect(reachableProgram(join(closed, 'tool'), join(folder, 'programs'))).toBe(place)
    expect(readdirSync(join(folder, 'programs'))).toHaveLength(1)
    const options = asRoot ? { uid: 61_999, gid: 61_999 } : {}
    expect(spawnSync(place, [], { ...options, cwd: '/' }).status).toBe(0)
  })
})

describe('process folders', () => {
  test('belong to one user alone, and no two hosts share a user', () => {
    const parent = createParent(folder, true)
    expect(statSync(parent).mode & 0o777).toBe(0o711)
    const users = new UserIds()
    const ids = Array.from({ length: 100 }, () => users.take())
    expect(new Set(ids).size).toBe(100)
    const uid = asRoot ? (ids[0] ?? null) : null
    const made = statSync(createFolder(parent, uid))
    expect(made.mode & 0o777).toBe(0o700)
    expect(made.uid).toBe(uid ?? process.getuid?.())
  })

  test('a path that is too long for sockets is refused in a sentence', () => {
    expect(() => createParent(join(folder, 'x'.repeat(100)), false)).toThrow(/too long a path/)
  })

  test('left by a killed server are removed, with the process that still runs in them; shared programs stay', async () => {
    const parent = createParent(folder, false)
    mkdirSync(join(parent, PROGRAMS))
    const stray = createFolder(parent, null)
    const child = spawn('/bin/sh', ['-c', 'read line', stray], { stdio: ['pipe', 'ignore', 'ignore'] })
    writeFileSync(join(stray, PID_FILE), `${child.pid}`)
    const innocent = createFolder(parent, null)
    writeFileSync(join(innocent, PID_FILE), `${process.pid}`)
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    removeStrays(parent)
    expect(await ended).toBe('SIGKILL')
    expect(readdirSync(parent)).toEqual([PROGRAMS])
  })
})
