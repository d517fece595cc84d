import { expect, test } from 'vitest'
import { SmokePlaces } from './smoke-places.ts'

test('a person has one smoke run at a time, all together few, and a place is free again after a failure', async () => {
  const places = new SmokePlaces(2)
  const ends: (() => void)[] = []
  const long = () => new Promise<string>((resolve) => ends.push(() => resolve('done')))
  const ada = places.run('ada', long)
  await expect(places.run('ada', long)).rejects.toMatchObject({ code: 'IR_SMOKE_BUSY', kind: 'rate_limited' })
  const eve = places.run('eve', long)
  await expect(places.run('bob', long)).rejects.toMatchObject({ code: 'IR_SMOKE_BUSY' })
  for (const end of ends) end()
  expect(await Promise.all([ada, eve])).toEqual(['done', 'done'])
  await expect(places.run('ada', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await places.run('ada', async () => 'again')).toBe('again')
})
