import { flag, link, moment, number, text, whole } from '../fields.ts'

// Machines, services and their state.

export const NetAsset = {
  host: text('net.host'),
  ip_address: text('net.ip_address'),
  port: whole('net.port'),
  protocol: text('net.protocol'),
  domain: text('net.domain'),
}
export const ApiEndpoint = {
  base_url: link('net.base_url'),
  method: text('net.method'),
  path: text('net.path'),
  api_version: text('net.api_version'),
  auth_type: text('net.auth_type'),
}
export const HostResource = {
  cpu_percent: number('net.cpu_percent'),
  memory_percent: number('net.memory_percent'),
  disk_percent: number('net.disk_percent'),
  load: number('net.load'),
}
export const ComputeSpec = {
  cpus: number('net.cpus'),
  memory_mb: number('net.memory_mb'),
  disk_gb: number('net.disk_gb'),
  architecture: text('net.architecture'),
  operating_system: text('net.operating_system'),
}
export const Container = {
  image: text('net.image'),
  image_tag: text('net.image_tag'),
  container_id: text('net.container_id'),
  container_state: text('net.container_state'),
  restarts: whole('net.restarts'),
  started_at: moment('net.started_at'),
}
export const ServiceHealth = {
  health: text('net.health'),
  uptime_percent: number('net.uptime_percent'),
  checked_at: moment('net.checked_at'),
}
export const Certificated = {
  issuer: text('net.issuer'),
  subject: text('net.subject'),
  valid_from: moment('net.valid_from'),
  valid_until: moment('net.valid_until'),
  fingerprint: text('net.fingerprint'),
}
export const DataRecord = {
  record_type: text('net.record_type'),
  record_name: text('net.record_name'),
  record_value: text('net.record_value'),
  ttl_seconds: whole('net.ttl_seconds'),
}
export const ConfigSetting = {
  key: text('net.key'),
  value: text('net.value'),
  default_value: text('net.default_value'),
  value_type: text('net.value_type'),
  is_secret: flag('net.is_secret'),
  setting_group: text('net.setting_group'),
}
export const Backup = {
  backup_id: text('net.backup_id'),
  backup_status: text('net.backup_status'),
  backed_up_at: moment('net.backed_up_at'),
  backup_bytes: whole('net.backup_bytes'),
  retention_days: whole('net.retention_days'),
  location: text('net.location'),
  is_verified: flag('net.is_verified'),
}
