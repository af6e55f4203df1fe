/// The page of one workload.
enum DetailsTemplates {
  static let details = """
    {{>head}}
    <h1><bdi>{{name}}</bdi> <span class="status {{statusClass}}">{{status}}</span></h1>
    {{>past}}
    <p class="summary"><span class="faint">Status as read at\
     <time datetime="{{readAt.machine}}">{{readAt.text}}</time>.</span> <a href="{{refresh}}">Refresh</a>
    {{#workspace}}<a class="action" href="{{workspace}}" target="_blank" rel="noopener noreferrer">Open Workspace\
    <span class="hidden"> in a new tab</span></a>{{/workspace}}
    <a class="action" href="{{evidence}}">Evidence</a>
    {{#delete}}<a class="action danger" href="{{delete}}" data-asks>Delete…</a>{{/delete}}</p>
    <section aria-labelledby="fields-title">
    <h2 id="fields-title">Details</h2>
    <dl class="fields">
    {{#fields}}<div><dt>{{label}}</dt><dd><bdi>{{value}}</bdi></dd></div>
    {{/fields}}</dl>
    </section>
    <section aria-labelledby="steps-title">
    <h2 id="steps-title">Steps</h2>
    <dl class="fields">
    {{#steps}}<div><dt>{{label}}</dt><dd><time datetime="{{time.machine}}">{{time.text}}</time> by \
    <bdi>{{actor}}</bdi>{{#hasReporter}}, reported by <bdi>{{reporter}}</bdi>{{/hasReporter}}</dd></div>
    {{/steps}}</dl>
    </section>
    {{#hasBar}}
    <section aria-labelledby="time-title">
    <h2 id="time-title">Time per status</h2>
    <svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    {{#bar}}<rect x="{{start}}" y="0" width="{{width}}" height="20" class="{{statusClass}}"></rect>{{/bar}}
    </svg>
    <ul class="legend">
    {{#bar}}<li><span class="status {{statusClass}}">{{status}}</span> {{duration}} <span class="faint">{{share}}</span>\
    </li>
    {{/bar}}</ul>
    </section>
    {{/hasBar}}
    <section aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    <table class="cards">
    <caption class="hidden">All events, oldest first, refused actions included</caption>
    <thead><tr><th scope="col" class="number">Position</th><th scope="col">Time</th><th scope="col">Event</th>\
    <th scope="col">Actor</th><th scope="col">Reporter</th><th scope="col">Recorded</th><th scope="col">Detail</th>\
    </tr></thead>
    <tbody>
    {{#timeline}}
    <tr{{#isBad}} class="bad"{{/isBad}}>
    <td data-label="Position" class="number"><a href="{{asOf}}">{{position}}</a></td>
    <td data-label="Time">{{#isBound}}<abbr title="then or before">≤</abbr> {{/isBound}}\
    <time datetime="{{time.machine}}">{{time.text}}</time></td>
    <th scope="row" data-label="Event">{{event}}</th>
    <td data-label="Actor"><bdi>{{actor}}</bdi></td>
    <td data-label="Reporter"><bdi>{{reporter}}</bdi></td>
    <td data-label="Recorded"><time datetime="{{recorded.machine}}">{{recorded.text}}</time></td>
    <td data-label="Detail"><bdi>{{detail}}</bdi></td>
    </tr>
    {{/timeline}}
    </tbody>
    </table>
    </section>
    <section aria-labelledby="moment-title">
    <h2 id="moment-title">At another moment</h2>
    <form class="filters" method="get" action="{{path}}">{{>moment}}
    <button type="submit">Show</button></form>
    </section>
    {{>foot}}
    """
}
