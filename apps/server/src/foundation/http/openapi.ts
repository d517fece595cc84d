import { type AnyRoute, type AuthKind, type JsonObject, keyScopeOf, surfaceOf } from '@imperal/contract'
import { z } from 'zod'

const SECURITY: Readonly<Record<AuthKind, readonly Record<string, string[]>[]>> = {
  none: [],
  optional: [{}, { bearer: [] }],
  user: [{ bearer: [] }, { api_key: [] }],
  'user-jwt': [{ bearer: [] }],
  panel: [{ bearer: [] }],
  'panel-or-svc': [{ bearer: [] }, { service_token: [] }],
  admin: [{ bearer: [] }],
  dev: [{ bearer: [] }],
  svc: [{ service_token: [] }],
  'svc-or-user': [{ service_token: [] }, { bearer: [] }],
  'svc-or-admin': [{ service_token: [] }, { bearer: [] }],
  call: [{ service_token: [], call_token: [] }],
  regkey: [{ api_key: [] }, { service_token: [] }],
}

/** Switches of addresses travel as text and are read as `true` or `false`: readers shall see that. */
const isSwitch = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodCodec && schema.in instanceof z.ZodString && schema.out instanceof z.ZodBoolean

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (isSwitch(zodSchema)) Object.assign(jsonSchema, { type: 'boolean' })
    },
  }) as unknown as JsonObject
  return rest
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): JsonObject[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, JsonObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

const MEDIA = {
  json: 'application/json',
  multipart: 'multipart/form-data',
  raw: 'application/octet-stream',
  none: '',
} as const

const isForServices = ({ auth }: AnyRoute): boolean => auth === 'svc' || auth === 'call'
const FOR_SERVICES =
  'Kernel and services only: it asks for `X-Service-Token`, and is 403 for whoever else is signed in.'

function operation(route: AnyRoute): JsonObject {
  const response =
    route.responseKind === 'stream'
      ? 'text/event-stream'
      : route.responseKind === 'bytes'
        ? 'application/octet-stream'
        : 'application/json'
  const kind = route.bodyKind ?? 'json'
  const error = {
    description: 'Refused',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
  return {
    operationId: route.id,
    summary: route.summary,
    ...(isForServices(route) ? { description: FOR_SERVICES } : {}),
    tags: [route.tag],
    security: SECURITY[route.auth] as never,
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && kind !== 'none'
      ? { requestBody: { required: true, content: { [MEDIA[kind]]: { schema: schemaOf(route.body, 'input') } } } }
      : {}),
    responses: {
      [String(route.status ?? 200)]: {
        description: 'Done',
        content: { [response]: { schema: schemaOf(route.response, 'output') } },
      },
      default: error,
    },
    ...(keyScopeOf(route) === null ? {} : { 'x-key-scope': keyScopeOf(route) }),
    ...(route.deprecated === undefined ? {} : { deprecated: true, 'x-successor': route.deprecated }),
    'x-surface': surfaceOf(route),
    ...(isForServices(route) ? { 'x-service-token': true } : {}),
    ...(route.rateLimit === undefined ? {} : { 'x-rate-limit': { ...route.rateLimit } }),
    'x-errors': [...(route.errors ?? [])],
  }
}

/** OpenAPI 3.1 of a set of routes, from the same schemas that validate requests. */
export function openApi(
  routes: readonly AnyRoute[],
  info: { title: string; version: string; server: string },
): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\*\}/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version },
    servers: [{ url: info.server }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        api_key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        call_token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'ImperalCallToken <token>' },
        service_token: { type: 'apiKey', in: 'header', name: 'X-Service-Token' },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['detail', 'error', 'message', 'status', 'request_id'],
          properties: {
            detail: {},
            error: { type: 'string' },
            message: { type: 'string' },
            status: { type: 'integer' },
            request_id: { type: 'string' },
          },
        },
      },
    },
  }
}
