import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeSkeleton({ bench, cell }: Suite): void {
  describe('skeleton', () => {
    cell('skeleton', 'success', 'a skeleton handler reads the last snapshot; another section is null', async () => {
      await bench.inSkeleton(async () => {})
      await bench.inSkeleton(async ({ skeleton }) => {
        expect(await skeleton.get('beds')).toEqual({ beds: 2 })
        expect(await skeleton.get('nowhere')).toBeNull()
      })
    })
    cell('skeleton', 'bad input', 'refuses a name that is none', () =>
      bench.inSkeleton(async ({ skeleton }) => {
        await fails(skeleton.get('a/b'), sdk.ValidationError, { field: 'section' })
        await fails(skeleton.get(''), sdk.ValidationError, { field: 'section' })
      }),
    )
    cell('skeleton', 'limit', 'a section above 64 KB is not kept: the last one stays', async () => {
      const note = 'x'.repeat(65_000)
      await bench.inSkeleton(async () => {}, { beds: 3, note })
      await bench.inSkeleton(async ({ skeleton }) => expect(await skeleton.get('beds')).toEqual({ beds: 3, note }), {
        beds: 4,
        note: 'x'.repeat(65_536),
      })
      await bench.inSkeleton(async ({ skeleton }) => expect(await skeleton.get('beds')).toEqual({ beds: 3, note }))
    })
    test('[I-SKELETON-LLM-ONLY] every other handler gets SkeletonAccessForbidden', () =>
      bench.run(async (ctx) => {
        const { skeleton } = ctx as unknown as { skeleton: { get(section: string): Promise<unknown> } }
        await fails(skeleton.get('beds'), sdk.SkeletonAccessForbidden)
      }))
    cell('skeleton', 'unavailability', 'throws APIError when it cannot be read', () =>
      bench.inSkeleton(({ skeleton }) =>
        bench.without('skeleton', () => fails(skeleton.get('beds'), sdk.APIError, { statusCode: 503 })),
      ),
    )
  })
}
