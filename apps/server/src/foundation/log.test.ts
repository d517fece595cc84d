import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { openTelemetry } from './telemetry/index.ts'
import { withLogContext } from './trace-context.ts'

test('every line of a piece of work carries its trace, whoever writes it, and lines beside it do not', async () => {
  const lines: Record<string, unknown>[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } })
  const deep = async (text: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    log.info({ app: 'notes' }, text)
  }
  await Promise.all([
    withLogContext({ request: 'req_1' }, () => withLogContext({ trace_id: 'aa' }, () => deep('inside'))),
    withLogContext({ trace_id: 'bb' }, () => deep('another')),
    deep('outside'),
  ])
  const of = (text: string) => lines.find(({ msg }) => msg === text)
  expect(of('inside')).toMatchObject({ request: 'req_1', trace_id: 'aa', app: 'notes' })
  expect(of('another')).toMatchObject({ trace_id: 'bb' })
  expect(Object.keys(of('outside') ?? {})).not.toContain('trace_id')
})

test('without a collector and without metrics nothing is measured', async () => {
  const telemetry = await openTelemetry({
    ...{ collector: null, headers: {}, traceRatio: 1, metrics: false, version: '1', node: 'a' },
    log: createLog({ level: 'silent' }),
  })
  telemetry.observe('imperal.job.duration', 1, {})
  expect(await telemetry.exposition()).toBeNull()
  expect(await telemetry.span('work', {}, async () => telemetry.traceparent())).toBeNull()
})
