interface FileTable {
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  readonly path: string
  readonly size: number
  readonly content_type: string
  readonly sha256: string
  readonly blob: string
  readonly created_at: Date
  readonly updated_at: Date
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'storage.file': FileTable
  }
}

export type { FileTable }
