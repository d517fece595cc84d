import * as sdk from '@imperal/sdk'
import { describe, expect, test, vi } from 'vitest'
import { caught, fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeTasks({ bench, cell }: Suite): void {
  describe('progress and backgroundTask', () => {
    cell(['progress', 'backgroundTask'], 'success', 'a task tells its progress and ends with its result', async () => {
      await bench.run(async (ctx) => {
        const id = await ctx.backgroundTask(async (task) => {
          expect(task.taskId).not.toBe('')
          await task.progress(100, 'digging')
          return sdk.ActionResult.success({ dug: 1 }, 'Dug')
        })
        expect(id).not.toBe('')
      })
      expect(await bench.taskEnds()).toMatchObject([{ status: 'success', data: { dug: 1 }, summary: 'Dug' }])
      expect(await bench.progressed()).toContain('digging')
    })
    cell('progress', 'limit', 'is 0 to 100, and nothing without a task', () =>
      bench.run(async (ctx) => {
        await ctx.progress(0)
        await ctx.progress(100, 'all')
        for (const percent of [-0.1, 100.1])
          await fails(ctx.progress(percent), sdk.ValidationError, { field: 'percent' })
      }),
    )
    cell('progress', 'bad input', 'is a number', () =>
      bench.run(async (ctx) => {
        for (const percent of [Number.NaN, 'half' as never, undefined as never])
          await fails(ctx.progress(percent), sdk.ValidationError, { field: 'percent' })
      }),
    )
    cell('progress', 'unavailability', 'throws APIError while the platform cannot keep it', async () => {
      await bench.run(async (ctx) => {
        await ctx.backgroundTask(async (task) => {
          await bench.without('task', () => fails(task.progress(50), sdk.APIError, { statusCode: 503 }))
          return sdk.ActionResult.success()
        })
      })
      expect(await bench.taskEnds()).toMatchObject([{ status: 'success' }])
    })
    cell('backgroundTask', 'bad input', 'work that ends without an ActionResult fails', async () => {
      await bench.run(async (ctx) => void (await ctx.backgroundTask(async () => ({ dug: 1 }) as never)))
      expect(await bench.taskEnds()).toEqual([expect.stringContaining('did not return an ActionResult')])
    })
    cell('backgroundTask', 'limit', 'a user has three tasks at once', async () => {
      await bench.run(async (ctx) => {
        const gate = Promise.withResolvers<void>()
        const wait = async () => {
          await gate.promise
          return sdk.ActionResult.success()
        }
        for (let started = 0; started < 3; started++) await ctx.backgroundTask(wait)
        await fails(ctx.backgroundTask(wait), sdk.QuotaExceededError, { resource: 'tasks', limit: 3 })
        gate.resolve()
      })
      expect(await bench.taskEnds()).toHaveLength(3)
    })
    test('a cancelled task: the signal aborts and progress throws TaskCancelled', async () => {
      await bench.run(async (ctx) => {
        await ctx.backgroundTask(async (task) => {
          await bench.cancel()
          // The news goes through the platform and may take a moment.
          const error = await vi.waitFor(() => caught(task.progress(50)), { timeout: 20_000 })
          expect(error).toBeInstanceOf(sdk.TaskCancelled)
          throw error
        })
      })
      expect(await bench.taskEnds()).toEqual([expect.stringContaining('cancelled')])
    })
    cell('backgroundTask', 'unavailability', 'throws APIError while the platform cannot keep a task', async () => {
      await bench.run(async (ctx) => {
        await bench.without('task', () =>
          fails(
            ctx.backgroundTask(async () => sdk.ActionResult.success()),
            sdk.APIError,
            { statusCode: 503 },
          ),
        )
      })
    })
  })
}
