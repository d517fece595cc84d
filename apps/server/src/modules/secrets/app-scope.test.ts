import { expect, test } from 'vitest'
import { isOwnVariable } from './app-scope.ts'

test.each([
  ['photo-albums', 'IMPERAL_APPSECRET_PHOTO_ALBUMS__KEY', true],
  ['photo-albums', 'IMPERAL_APPSECRET_PHOTO_ALBUMS__API_KEY', true],
  ['photo', 'IMPERAL_APPSECRET_PHOTO__KEY', true],
  // An app whose id begins like another one's.
  ['photo', 'IMPERAL_APPSECRET_PHOTO_ALBUMS__KEY', false],
  ['photo', 'IMPERAL_APPSECRET_PHOTO_ALBUMS_KEY', false],
  ['photo', 'IMPERAL_APPSECRET_PHOTO__ALBUMS__KEY', false],
  ['photo--albums', 'IMPERAL_APPSECRET_PHOTO__ALBUMS__KEY', true],
  ['photo-albums', 'IMPERAL_APPSECRET_PHOTO_ALBUMS', false],
  ['photo', 'IMPERAL_MASTER__KEY', false],
  ['photo', '__KEY', false],
])('[K8.18] %s reads %s: %s', (appId, variable, expected) => {
  expect(isOwnVariable(appId, variable)).toBe(expected)
})
