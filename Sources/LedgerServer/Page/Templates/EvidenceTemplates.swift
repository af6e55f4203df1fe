/// The page of what proves a workload's timeline.
enum EvidenceTemplates {
  static let evidence = """
    {{>head}}
    <h1>Evidence for <bdi>{{name}}</bdi></h1>
    {{^checkpoint}}
    <p>No checkpoint was given out yet, so there is nothing that a proof could lead to: <code>workledger checkpoint</code>\
     signs one.</p>
    {{/checkpoint}}
    {{#checkpoint}}
    <p>Each event is a leaf of a hash tree, and the log signs the root of the tree. Who holds such a checkpoint can check \
    that these events were in the log when it was signed, and that nothing between the first and the last of them was \
    changed or left out since. It says nothing about later events, nor whether what was reported is true.</p>
    {{#hasRecords}}
    <section aria-labelledby="check-title">
    <h2 id="check-title">Check it</h2>
    <form id="audit" class="ask" data-proof="{{proof}}" data-workload="{{id}}" data-key="{{key}}" hidden>
    <label>The log's public key, as you were given it\
     <input type="text" name="key" placeholder="{{key}}" autocomplete="off" spellcheck="false"></label>
    <p class="faint">Left empty, the key that this server says is used. That proves little: who could change the log could \
    change this page too. So ask for the key on another way and keep it.</p>
    <p class="answers"><button type="submit">Check in this browser</button></p>
    </form>
    <ol id="audit-steps" class="steps"></ol>
    <p id="audit-verdict" role="status"></p>
    <p>Or check it apart from this server: save <a href="{{proof}}">the proof</a> and run \
    <code>workledger verify-proof</code> on it.</p>
    </section>
    {{/hasRecords}}
    <section aria-labelledby="checkpoint-title">
    <h2 id="checkpoint-title">The newest checkpoint</h2>
    <p>{{reach}}</p>
    <dl class="fields">
    <div><dt>Log</dt><dd>{{origin}}</dd></div>
    <div><dt>Tree size</dt><dd>{{size}}</dd></div>
    <div><dt>Root</dt><dd><code>{{root}}</code></dd></div>
    </dl>
    <pre tabindex="0" aria-label="The checkpoint as it was signed">{{note}}</pre>
    </section>
    {{/checkpoint}}
    {{#hasRecords}}
    <section aria-labelledby="records-title">
    <h2 id="records-title">Records and their paths to the root</h2>
    <table class="cards">
    <caption class="hidden">Records of the timeline, oldest first</caption>
    <thead><tr><th scope="col" class="number">Position</th><th scope="col">Event</th><th scope="col">Actor</th>\
    <th scope="col">Hash of the leaf</th><th scope="col">Path</th></tr></thead>
    <tbody>
    {{#records}}
    <tr>
    <td data-label="Position" class="number">{{position}}</td>
    <th scope="row" data-label="Event">{{event}}</th>
    <td data-label="Actor"><bdi>{{actor}}</bdi></td>
    <td data-label="Leaf" class="hash"><code>{{leaf}}</code></td>
    <td data-label="Path" class="hash"><details><summary>{{length}}</summary><ol>\
    {{#path}}<li><code>{{hash}}</code></li>{{/path}}</ol></details></td>
    </tr>
    {{/records}}
    </tbody>
    </table>
    </section>
    {{/hasRecords}}
    {{>foot}}
    """
}
