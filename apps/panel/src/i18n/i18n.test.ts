import { expect, test, vi } from 'vitest'

const speaking = async (language: string) => {
  vi.resetModules()
  vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'imperal.language' ? language : null) })
  const { t } = await import('./index.ts')
  const figures = await import('../pages/parts/figures.ts')
  const { money } = await import('../pages/wallet/money.ts')
  return { t, money, ...figures }
}

test('[I7-i18n] a price has the short sign of its currency, and among words read from the right its own order', async () => {
  expect((await speaking('de')).money(990)).toBe('9,90\u00a0$')
  expect((await speaking('en')).money(1200, 'cad')).toBe('$12')
  expect((await speaking('ar')).money(990)).toMatch(/^\u2068.*9.*\u2069$/)
})

test('[I7-i18n] English is what stands in the code, with its values', async () => {
  const { t, counted } = await speaking('en')
  expect(t('Back')).toBe('Back')
  expect(t('Confirm {count} calls', { count: 3 })).toBe('Confirm 3 calls')
  expect(t('Secrets of {name}', { name: '{count} O’Neill' })).toBe('Secrets of {count} O’Neill')
  expect([counted(1, 'person'), counted(1200, 'person')]).toEqual(['1 person', '1,200 people'])
})

test('[I7-i18n] German writes its own words and numbers', async () => {
  const { t, counted, duration } = await speaking('de-AT')
  expect(t('Secrets of {name}', { name: 'Notes' })).toBe('Geheimnisse von Notes')
  expect([counted(1, 'app'), counted(1200, 'app')]).toEqual(['1 App', '1.200 Apps'])
  expect(duration(2400)).toBe('2,4 s')
})

test('[I7-i18n] Arabic has a form for none, one, two, few and many', async () => {
  const { t, counted } = await speaking('ar')
  expect(t('Settings')).toBe('الإعدادات')
  expect([0, 1, 2, 5, 11, 100].map((count) => counted(count, 'app').replaceAll(/[\d٠-٩]+ /g, ''))).toEqual([
    'لا تطبيقات',
    'تطبيق واحد',
    'تطبيقان',
    'تطبيقات',
    'تطبيقًا',
    'تطبيق',
  ])
})

test('[I7-i18n] each catalog has the places of its sentence', async () => {
  const { de } = await import('./de.ts')
  const { ar } = await import('./ar.ts')
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
  for (const catalog of [de, ar])
    for (const [sentence, entry] of Object.entries(catalog))
      if (typeof entry === 'string') expect(places(entry), sentence).toEqual(places(sentence))
})
