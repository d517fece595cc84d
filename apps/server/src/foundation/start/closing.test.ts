import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { Closing, Stopped } from './closing.ts'

const before = (['SIGINT', 'SIGTERM', 'unhandledRejection'] as const).map(
  (name) => [name, process.listeners(name as 'SIGINT')] as const,
)
afterEach(() => {
  vi.restoreAllMocks()
  for (const [name, listeners] of before)
    for (const listener of process.listeners(name as 'SIGINT'))
      if (!listeners.includes(listener)) process.off(name, listener)
})

function opening() {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  const closing = new Closing()
  const closed: string[] = []
  closing.listen(createLog({ level: 'silent' }))
  closing.add(() => closed.push('database'))
  return { closing, closed, exit }
}

test('a signal while the program opens ends at its next step, and closes what that step opened', async () => {
  const { closing, closed, exit } = opening()
  process.emit('SIGINT')
  expect(closed).toEqual([])
  expect(() => closing.add(() => closed.push('kernel'))).toThrow(Stopped)
  expect(() => closing.opened()).toThrow(Stopped)
  expect(closing.isAsked).toBe(true)
  await closing.close()
  expect(closed).toEqual(['kernel', 'database'])
  expect(exit).not.toHaveBeenCalled()
})

test('a signal to the open program closes everything and ends with 0', async () => {
  const { closing, closed, exit } = opening()
  closing.opened()
  process.emit('SIGTERM')
  await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(0))
  expect(closed).toEqual(['database'])
})
