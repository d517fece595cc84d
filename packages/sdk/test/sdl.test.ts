import { describe, expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { ChatExtension, Extension, generateManifest } from '../src/index.ts'
import * as sdl from '../src/sdl/index.ts'

/** Facets of sdk.md 2.23 and how many fields each has. */
const FACETS: Readonly<Record<string, number>> = {
  Timestamped: 3,
  Schedulable: 5,
  Duration: 2,
  Recurring: 6,
  Booked: 5,
  Localized: 7,
  Versioned: 8,
  Iconified: 4,
  Lifecycle: 5,
  Authorship: 6,
  Assignable: 7,
  Participants: 8,
  Correspondents: 6,
  ContactPoints: 5,
  Presence: 5,
  Bodied: 3,
  Excerptable: 4,
  Categorized: 5,
  Attached: 4,
  Editorial: 4,
  Conversational: 7,
  Threaded: 4,
  MessageState: 6,
  Reactable: 3,
  Callable: 6,
  Draftable: 4,
  FileObject: 8,
  ImageMedia: 5,
  AudioTrack: 6,
  VideoTrack: 5,
  Archive: 5,
  ContentSafety: 5,
  Transcribable: 3,
  Measured: 7,
  Range: 3,
  Dimensions3D: 4,
  Area: 2,
  Angle: 2,
  Bitrate: 2,
  DataSize: 2,
  Temperature: 2,
  Length: 2,
  Weight: 2,
  Speed: 2,
  Percentage: 1,
  Monetary: 2,
  Priced: 5,
  Discountable: 3,
  Subscribable: 8,
  Balanced: 5,
  Invoiced: 6,
  Branded: 5,
  Inventory: 6,
  Bundle: 3,
  ColorMaterial: 5,
  ProductCompliance: 5,
  Prioritized: 3,
  Progress: 3,
  Completable: 4,
  Blockable: 4,
  Dependencies: 3,
  Boarded: 4,
  Checklist: 3,
  WorkflowState: 3,
  Approvable: 4,
  Estimable: 3,
  Geolocated: 7,
  PostalAddress: 5,
  AdminRegion: 6,
  BoundingBox: 4,
  Geofence: 5,
  Routed: 5,
  Placed: 3,
  NetAsset: 5,
  ApiEndpoint: 5,
  HostResource: 4,
  ComputeSpec: 5,
  Container: 6,
  ServiceHealth: 3,
  Certificated: 5,
  DataRecord: 4,
  ConfigSetting: 6,
  Backup: 7,
  Aggregated: 5,
  TimeSeriesPoint: 2,
  Trended: 4,
  Confident: 6,
  Threshold: 3,
  Dimensioned: 1,
  Eventful: 4,
  Capacity: 5,
  RSVP: 4,
  Ticketed: 4,
  AdmissionPolicy: 5,
  AgendaSlot: 5,
  Cancellation: 4,
  CalendarFeed: 5,
  Rated: 4,
  Reviewed: 4,
  Sentiment: 3,
  Voted: 4,
  AccessLeveled: 4,
  Permissioned: 6,
  Auditable: 7,
  Consented: 6,
  Compliant: 5,
  Attested: 4,
  Signed: 5,
  Retained: 3,
  Alertable: 6,
  Caseable: 7,
  RiskScored: 3,
  DeviceIdentity: 5,
  DeviceState: 4,
  SensorReading: 5,
  ActuatorState: 7,
  Consumable: 4,
  ActivityMetrics: 5,
  BodyComposition: 5,
  VitalSign: 5,
  Biometric: 7,
  SleepRecord: 5,
  AIProvenance: 5,
}
const { entity, entityList, role, rolesOf, RoleError, PLATFORM_ROLES } = sdl

const Plant = entity('plant', {
  ...sdl.Timestamped,
  ...sdl.Geolocated,
  moisture: role('garden.soil_moisture', z.number().min(0).max(100).optional()),
})

describe('[2.23] entities', () => {
  test('have an id, a title and a kind, which is that of the entity unless told', () => {
    expect(Plant.parse({ id: 7, title: 'Fern' })).toEqual({ id: 7, title: 'Fern', kind: 'plant' })
    expect(Plant.parse({ id: 'p-1', title: 'Fern', kind: '' }).kind).toBe('plant')
    expect(Plant.parse({ id: 'p-1', title: 'Fern', kind: 'herb' }).kind).toBe('herb')
    for (const wrong of [{ title: 'Fern' }, { id: '', title: 'Fern' }, { id: 1.5, title: 'Fern' }, { id: 1 }])
      expect(Plant.safeParse(wrong).success).toBe(false)
    expectTypeOf<z.infer<typeof Plant>>().toMatchObjectType<{ id: string | number; title: string; kind: string }>()
    expectTypeOf<z.infer<typeof Plant>['latitude']>().toEqualTypeOf<number | undefined>()
  })

  test('are marked in the schema, with the role of each field, as are pages of them', () => {
    const schema = z.toJSONSchema(Plant, { io: 'output' })
    expect(schema).toMatchObject({
      'x-sdl': 'entity',
      properties: {
        id: { 'x-sdl-role': 'core.id' },
        latitude: { 'x-sdl-role': 'geo.latitude' },
        moisture: { 'x-sdl-role': 'garden.soil_moisture', minimum: 0 },
      },
    })
    expect(z.toJSONSchema(entityList(Plant))).toMatchObject({
      'x-sdl': 'entity-list',
      properties: { items: { type: 'array', items: { 'x-sdl': 'entity' } } },
      required: expect.arrayContaining(['items', 'has_more']),
    })
    expect(sdl.Ref.safeParse({ id: 1, kind: 'plant', title: 'Fern' }).success).toBe(true)
    expect(sdl.Entity.parse({ id: 1, title: 'Fern', more: true })).toMatchObject({ kind: 'entity', more: true })
  })

  test('reach the manifest as the shape of a result', () => {
    const ext = new Extension('garden-app')
    new ChatExtension(ext).function(
      'show_plant',
      { description: 'Shows one plant of the garden.', params: z.object({}), returns: Plant },
      () => ({}) as never,
    )
    const [tool] = generateManifest(ext).tools as readonly { readonly return_schema: object }[]
    expect(tool?.return_schema).toMatchObject({
      'x-sdl': 'entity',
      properties: { created_at: { 'x-sdl-role': 'time.created_at' } },
    })
  })
})

describe('[2.23] roles', () => {
  test('are told by field, core fields included', () => {
    expect(rolesOf(Plant)).toMatchObject({
      id: 'core.id',
      kind: 'core.kind',
      updated_at: 'time.updated_at',
      place_name: 'geo.place_name',
      moisture: 'garden.soil_moisture',
    })
    expect(rolesOf(z.object({ plain: z.string() }))).toEqual({})
  })

  test.each(['moisture', 'Garden.moisture', 'garden.', 'garden..x', 'garden.1x', ''])('%j is none', (name) => {
    expect(() => role(name, z.string())).toThrow(RoleError)
    expect(() => rolesOf(z.object({ a: z.string().meta({ 'x-sdl-role': name }) }))).toThrow(RoleError)
  })

  test.each(PLATFORM_ROLES)('%s belongs to the platform', (first) => {
    expect(() => role(`${first}.own`, z.string())).toThrow(/belongs to the platform/)
    expect(() =>
      rolesOf(
        z.object({
          a: z
            .string()
            .meta({ 'x-sdl-role': `${first}.own` })
            .optional(),
        }),
      ),
    ).toThrow(RoleError)
  })
})

describe('[2.23] facets', () => {
  test.each(Object.entries(FACETS))('%s has %i fields, each with a role, and can be spread', (name, count) => {
    const facet = (sdl as unknown as Record<string, z.ZodRawShape>)[name] ?? {}
    expect(Object.keys(facet)).toHaveLength(count)
    const roles = rolesOf(z.object(facet))
    expect(Object.keys(roles)).toEqual(Object.keys(facet))
    for (const named of Object.values(roles)) expect(PLATFORM_ROLES).toContain(named.split('.')[0])
    expect(entity('thing', facet).safeParse({ id: 1, title: 'Thing' }).success).toBe(true)
  })
})
