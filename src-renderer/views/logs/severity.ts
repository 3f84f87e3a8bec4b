export { SEVERITIES, severityOfLevel, type Severity } from '../../ui/severity.ts';
