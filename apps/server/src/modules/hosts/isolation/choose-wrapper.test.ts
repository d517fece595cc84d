import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { chooseWrapper } from './choose-wrapper.ts'
import { createParent } from './folders.ts'
import { findWorkerd, type Machine, readMachine, type Tool, UserIds } from './machine.ts'
import { judge, missing, REQUIRED } from './probe.ts'

const runtimeDir = mkdtempSync(join(tmpdir(), 'iso-'))
afterAll(() => rmSync(runtimeDir, { recursive: true }))

const real = readMachine()
const without = (...tools: Tool[]): Machine => ({
  ...real,
  tools: { ...real.tools, ...Object.fromEntries(tools.map((tool) => [tool, null])) },
})
const choose = (machine: Machine, level: 'auto' | 'full' | 'namespaced' | 'process' = 'auto') =>
  chooseWrapper(
    { level },
    {
      machine,
      users: new UserIds(),
      folder: createParent(runtimeDir, machine.root),
      program: findWorkerd(),
      dataBytes: 1e9,
    },
  )

describe('the choice of isolation', () => {
  test('what is missing is named, and the next way is taken loudly', async () => {
    const { report } = await choose(without('bwrap', 'unshare', 'mount'))
    expect(report.level).toBe('process')
    expect(report.why).toContain('bwrap is not installed')
    expect(report.refused.map(({ wrapper }) => wrapper)).toEqual(['bubblewrap', 'unshare-root', 'unshare'])
    expect(report.assertions).toMatchObject({ emptyEnvironment: true, noNetwork: false, noHostFiles: false })
    expect(report.command.join(' ')).toContain('serve --binary -')
  })

  test('a level that cannot be had is refused with the reasons', async () => {
    await expect(choose(without('bwrap', 'unshare'), 'namespaced')).rejects.toThrow(
      /level namespaced.*unshare is not installed/,
    )
  })

  test('a wall that does not hold takes the way with it', async () => {
    const leaking = { ...real, libraries: [...real.libraries, runtimeDir] }
    const { report } = await choose({ ...leaking, tools: { ...leaking.tools, unshare: null } })
    expect(report.level).not.toBe('full')
    if (real.tools.bwrap !== null && real.root) {
      expect(report.refused[0]).toMatchObject({ wrapper: 'bubblewrap', why: expect.stringContaining('sees no file') })
    }
  })

  test('each fact of a probe decides its own assertion', () => {
    const good = [
      'status NoNewPrivs:\t1',
      'status CapEff:\t0',
      'status CapPrm:\t0',
      'status CapAmb:\t0',
      'tcp sl',
      'data 1000',
      'end',
    ]
    const holds = (lines: string[]) => missing('full', judge(lines, { ownUser: true, port: 0x1f90 }))
    expect(holds(good)).toEqual([])
    expect(holds([...good, 'file readable'])).toEqual(['noHostFiles'])
    expect(holds([...good, "env export SECRET='x'"])).toEqual(['emptyEnvironment'])
    expect(holds([...good, 'env export PWD'])).toEqual([])
    expect(holds([...good, 'tcp 0: 0100007F:1F90 00000000:0000 0A'])).toEqual(['noNetwork'])
    expect(holds(good.filter((line) => !line.startsWith('tcp')))).toEqual(['noNetwork'])
    expect(holds([...good.filter((line) => !line.includes('CapEff')), 'status CapEff:\t1'])).toEqual(['noPrivileges'])
    expect(holds(good.filter((line) => !line.startsWith('data')))).toEqual(['memoryLimit'])
    expect(missing('full', judge(good, { ownUser: false, port: 1 }))).toEqual(['ownUser'])
    expect(REQUIRED.namespaced).not.toContain('ownUser')
  })
})
