{{- define "kaiga.name" -}}
{{- if contains "kaiga" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-kaiga" (.Release.Name | trunc 34) }}{{ end }}
{{- end }}

{{- define "kaiga.selector" -}}
app.kubernetes.io/name: kaiga
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kaiga.labels" -}}
{{ include "kaiga.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An image: the chart's own, but for what a group of workers says of its own. */}}
{{- define "kaiga.image" -}}
{{- $image := mergeOverwrite (deepCopy .root.Values.image) (.own | default dict) -}}
image: {{ printf "%s:%s" $image.repository ($image.tag | default .root.Chart.AppVersion) | quote }}
imagePullPolicy: {{ $image.pullPolicy }}
{{- end }}

{{/* What holds for every pod. */}}
{{- define "kaiga.pod" -}}
serviceAccountName: {{ include "kaiga.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "kaiga.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* The settings that all nodes share. */}}
{{- define "kaiga.environment" -}}
- {name: KAIGA_STORE, value: {{ .Values.database.url | quote }}}
{{- with .Values.database.directUrl }}
- {name: KAIGA_STORE_DIRECT, value: {{ . | quote }}}
{{- end }}
- name: PGPASSWORD
  valueFrom: {secretKeyRef: {{ toJson .Values.database.passwordSecret }}}
- {name: KAIGA_OBJECTS, value: {{ .Values.objects.url | quote }}}
{{- with .Values.objects.endpoint }}
- {name: KAIGA_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
- {name: KAIGA_S3_REGION, value: {{ .Values.objects.region | quote }}}
- {name: KAIGA_S3_VIRTUAL_HOSTS, value: {{ .Values.objects.virtualHosts | quote }}}
{{- with .Values.objects.credentialsSecret }}
{{- if .name }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ .name | quote }}, key: {{ .accessKey | quote }}}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ .name | quote }}, key: {{ .secretKey | quote }}}}
{{- end }}
{{- end }}
- {name: KAIGA_PUBLIC_URL, value: {{ .Values.publicUrl | quote }}}
{{- if .Values.config }}
- {name: KAIGA_CONFIG, value: /etc/kaiga/kaiga.toml}
{{- end }}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "kaiga.volumes" -}}
- name: data
  emptyDir: {}
- name: tmp
  emptyDir: {}
{{- if .Values.config }}
- name: config
  configMap: {name: {{ include "kaiga.name" . }}}
{{- end }}
{{- end }}

{{- define "kaiga.mounts" -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- if .Values.config }}
- {name: config, mountPath: /etc/kaiga, readOnly: true}
{{- end }}
{{- end }}

{{/* A change of the configuration starts the pods anew. */}}
{{- define "kaiga.annotations" -}}
checksum/config: {{ .Values.config | sha256sum }}
{{- end }}
