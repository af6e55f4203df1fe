/// The page of a project's numbers over time.
enum ChartTemplates {
  static let charts = """
    {{>head}}
    <h1>Charts of <bdi>{{project}}</bdi></h1>
    {{>tabs}}
    <form class="filters" method="get" action="{{path}}" aria-label="Span">
    <label>Span <select name="days">
    {{#spans}}<option value="{{days}}"{{#isOn}} selected{{/isOn}}>{{text}}</option>
    {{/spans}}</select></label>
    <label>Until <input type="text" name="until" value="{{until}}" placeholder="now, or 2023-07-01"></label>
    <button type="submit">Show</button>
    </form>
    <p class="summary" role="status"><strong>From <time datetime="{{since.machine}}">{{since.text}}</time> to\
     <time datetime="{{end.machine}}">{{end.text}}</time>, by the {{bucket}}</strong>\
     <span class="faint">As read at <time datetime="{{readAt.machine}}">{{readAt.text}}</time>.</span>\
     <a href="{{refresh}}">Refresh</a></p>
    {{#isEmpty}}<p>Nothing happened in this span, and nothing lasted through it.\
    {{#elsewhere}} The newest event is of <time datetime="{{time.machine}}">{{time.text}}</time>:\
     <a href="{{address}}">show the span up to it</a>.{{/elsewhere}}</p>{{/isEmpty}}
    <div class="charts">
    {{#charts}}{{>chart}}{{/charts}}
    </div>
    {{^isEmpty}}
    <details class="numbers"><summary>The numbers</summary>
    <div role="region" aria-labelledby="numbers" tabindex="0">
    <table>
    <caption id="numbers">All numbers of the charts, by the {{bucket}}. What is not known is left out.</caption>
    <thead><tr><th scope="col">From</th><th scope="col" class="number">Running</th>\
    <th scope="col" class="number">Waiting</th><th scope="col" class="number">Created</th>\
    <th scope="col" class="number">Started</th><th scope="col" class="number">Deleted</th>\
    <th scope="col" class="number">Complete</th><th scope="col" class="number">Failed</th>\
    <th scope="col" class="number">Terminated</th><th scope="col" class="number">Half waited</th>\
    <th scope="col" class="number">95 of 100</th><th scope="col" class="number">GPU-hours</th>\
    <th scope="col" class="number">CPU-hours</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr>
    <th scope="row"><time datetime="{{machine}}">{{start}}</time></th>
    <td class="number">{{running}}</td>
    <td class="number">{{waiting}}</td>
    <td class="number">{{created}}</td>
    <td class="number">{{started}}</td>
    <td class="number">{{deleted}}</td>
    <td class="number">{{completed}}</td>
    <td class="number">{{failed}}</td>
    <td class="number">{{terminated}}</td>
    <td class="number">{{p50}}</td>
    <td class="number">{{p95}}</td>
    <td class="number">{{gpu}}</td>
    <td class="number">{{cpu}}</td>
    </tr>
    {{/rows}}
    </tbody>
    </table>
    </div>
    </details>
    {{/isEmpty}}
    {{>foot}}
    """

  /// One chart with its title and legend.
  static let chart = """
    <figure>
    <figcaption>{{title}}</figcaption>
    {{#hasLegend}}<ul class="legend">
    {{#legend}}<li><svg class="sample" viewBox="0 0 36 10" aria-hidden="true" focusable="false">\
    <path class="{{class}}" d="M1 5H35"></path></svg> {{name}}</li>
    {{/legend}}</ul>{{/hasLegend}}
    <svg class="chart" viewBox="{{box}}" role="img" aria-labelledby="{{id}}-title {{id}}-text">
    <title id="{{id}}-title">{{title}}</title>
    <desc id="{{id}}-text">{{description}}</desc>
    {{#levels}}<path class="level" d="M{{left}} {{y}}H{{right}}"></path>\
    <text x="48" y="{{textY}}" text-anchor="end">{{text}}</text>
    {{/levels}}
    {{#times}}<path class="tick" d="M{{x}} {{bottom}}v5"></path>\
    <text x="{{x}}" y="210" text-anchor="middle">{{text}}</text>
    {{/times}}
    {{#lines}}<path class="{{class}}" d="{{path}}"></path>
    {{/lines}}
    </svg>
    </figure>
    """
}
