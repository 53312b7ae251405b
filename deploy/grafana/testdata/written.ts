// What a dashboard's file may hold, by Grafana's own types. The test puts each file
// behind `const dashboard: Dashboard =`, so that a name which no type has is an error too.
import type * as common from '@grafana/schema';
import type * as schema from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';
import type * as barchart from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// In a file an enum's member is its text.
type Written<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Written<U>> : T extends object ? { [K in keyof T]: Written<T[K]> } : T;

interface Link { title: string; url: string; targetBlank?: boolean }

// Grafana's types leave the value open.
type Property = { id: 'displayName' | 'unit'; value: string } | { id: 'decimals' | 'min' | 'max'; value: number }
  | { id: 'thresholds'; value: schema.ThresholdsConfig } | { id: 'color'; value: schema.FieldColor } | { id: 'links'; value: Link[] }
  | { id: 'custom.cellOptions'; value: common.TableCellOptions } | { id: 'custom.hideFrom'; value: common.HideSeriesConfig } | { id: 'custom.width'; value: number };

interface Config<Custom> {
  overrides: Array<{ matcher: { id: 'byName'; options: string }; properties: Property[] }>;
  defaults: Omit<schema.FieldConfig, 'custom' | 'links'> & { custom?: Custom; links?: Link[] };
}

interface Of<Type extends string, Options, Custom> extends Omit<schema.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: Type;
  options: Options;
  fieldConfig: Config<Custom>;
  targets: Target[];
}

type Target = (ClickHouse | Prometheus | OtherPanel) & { refId: string; datasource: { type: string; uid: string } };
// The plugin's CHSqlQuery.
interface ClickHouse { editorType: 'sql'; queryType: 'table'; format: 1; rawSql: string; pluginVersion: string; meta: {} }
interface Prometheus { expr: string; legendFormat: string; editorMode: 'code'; range?: true; instant?: true }
interface OtherPanel { panelId: number }

type Panel = Of<'table', table.Options, table.FieldConfig> | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | Of<'barchart', barchart.Options, barchart.FieldConfig> | Of<'stat', stat.Options, never>;

type Annotation = Omit<schema.AnnotationQuery, 'target'> & { target: Target };

export type Dashboard = Written<Omit<schema.Dashboard, 'panels' | 'annotations'>> & {
  panels: Written<Panel>[];
  annotations: { list: Annotation[] };
};
